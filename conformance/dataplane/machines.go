package dataplane

import (
	"crypto/tls"
	"crypto/x509"

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
			if _, err := serve(space, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// serverTLS shows a public certificate for whatever name is asked for, or for the machine's own names.
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

// ClientCertificate is what callers outside show where they are asked to.
func (p *Plane) ClientCertificate() (*tls.Certificate, *x509.CertPool, error) {
	pair, err := p.Public.Issue("client.outside.example")
	if err != nil {
		return nil, nil, err
	}
	return &pair.TLS, p.Public.Pool(), nil
}
