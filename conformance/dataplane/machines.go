package dataplane

import (
	"crypto/tls"
	"slices"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// AddMachines starts the outside machines, and the built-in caller outside.
func (p *Plane) AddMachines(machines []scenario.Machine) error {
	space, err := p.net.Add(OutsideAddress)
	if err != nil {
		return err
	}
	p.machines["outside"] = space
	for _, m := range machines {
		space, err := p.net.Add(m.Address)
		if err != nil {
			return err
		}
		p.machines[m.Name] = space
		for _, host := range m.Hosts {
			p.Names.Add(host, m.Address)
		}
		for _, port := range m.Ports {
			o := echo.Options{Who: echo.Who{Machine: m.Name}, Port: port.Port, Hits: p.Hits, OnlyTLS: port.Speaks == "tls", TLS: p.serverTLS(m.Hosts, port.ClientCertificate == "required")}
			l, err := serve(space, o)
			if err != nil {
				return err
			}
			p.stops = append(p.stops, func() { _ = l.Close() })
		}
	}
	return nil
}

// serverTLS has a public certificate for every SNI, or for the names of the machine.
func (p *Plane) serverTLS(hosts []string, wantClient bool) *tls.Config {
	c := &tls.Config{
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			wanted := hosts
			if len(wanted) == 0 && hello.ServerName != "" {
				wanted = []string{hello.ServerName}
			}
			pair, err := p.Public.Issue(wanted...)
			if err != nil {
				return nil, err
			}
			return &pair.TLS, nil
		},
	}
	if wantClient {
		c.ClientAuth = tls.RequireAndVerifyClientCert
		c.ClientCAs = p.Public.Pool()
	} else {
		c.ClientAuth = tls.RequestClientCert
	}
	return c
}

// ClientCertificate is the certificate of a caller that uses TLS itself, if the server requests one.
func (p *Plane) ClientCertificate(c scenario.ClientCertificate) (*tls.Certificate, error) {
	authority := p.Public
	if c.Untrusted {
		authority = p.untrusted
	}
	pair, err := authority.Issue(c.Name)
	if err != nil {
		return nil, err
	}
	return &pair.TLS, nil
}

// first reports whether the application on a port of a pod sends the first line.
func (p *Plane) first(pod *cluster.Pod, port int) bool {
	return slices.ContainsFunc(p.SpeaksFirst, func(s scenario.SpeaksFirst) bool { return s.Port == port && isOf(s.Workload, pod) })
}

// isOf reports whether a reference names the pod, or its workload.
func isOf(w scenario.Ref, pod *cluster.Pod) bool {
	return (w.Cluster == "" || w.Cluster == pod.Cluster) && w.Namespace == pod.Namespace && (w.Name == pod.Name || w.Name == pod.Workload)
}

// speaking is the TLS configuration of the application on a port of a pod: as configured, or for every client that begins with TLS.
func (p *Plane) speaking(pod *cluster.Pod, port int) (c *tls.Config, only bool) {
	for _, s := range p.SpeaksTLS {
		if s.Port == port && isOf(s.Workload, pod) {
			return p.serverTLS(s.Hosts, s.ClientCertificate == "required"), true
		}
	}
	return p.serverTLS(nil, false), false
}
