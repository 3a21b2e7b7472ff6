// Package dataplane runs the pods: a network namespace each, a stock Envoy where
// the pod has a proxy, certificates, and an echo server on every port.
package dataplane

import (
	"fmt"
	"net"
	"sort"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/names"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/network"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/pki"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// Addresses of the run's own servers, in its root namespace.
const (
	nameServer    = "169.254.20.10"
	controlServer = "169.254.20.11"
	secretAddress = controlServer + ":15012"
	// OutsideAddress is the address of the built-in caller outside.
	OutsideAddress = "198.51.100.10"
)

// DiscoveryAddress is where the istiod of the n-th cluster listens.
func DiscoveryAddress(n int) string { return fmt.Sprintf("%s:%d", controlServer, 15100+n) }

// Plane has all running pods and machines.
type Plane struct {
	Logs  *Logs
	Hits  *echo.Hits
	Names *names.World
	Mesh  *pki.Authority
	// Public signs the certificates of machines and gateways.
	Public *pki.Authority
	// SpeaksTLS are ports whose applications terminate TLS themselves.
	SpeaksTLS []scenario.SpeaksTLS
	// SpeaksFirst are ports whose applications send the first line.
	SpeaksFirst []scenario.SpeaksFirst

	untrusted  *pki.Authority
	envoy, dir string
	net        *network.Net
	mu         sync.Mutex
	pods       map[string]*running
	byAddress  map[string]*cluster.Pod
	machines   map[string]*network.Namespace
	discovery  map[string]string
	ranges     []string
	states     []*cluster.State
	// stops end the servers of the run.
	stops []func()
}

type running struct {
	pod       *cluster.Pod
	space     *network.Namespace
	proxy     *proxy
	listeners []net.Listener
}

// New prepares the network; no pod runs yet. dir holds files that proxies read.
func New(envoy, dir string) (*Plane, error) {
	p := &Plane{
		Logs: NewLogs(), Hits: echo.NewHits(), envoy: envoy, dir: dir, pods: map[string]*running{}, byAddress: map[string]*cluster.Pod{},
		machines: map[string]*network.Namespace{}, discovery: map[string]string{},
		Names: names.New(),
	}
	var err error
	if p.Mesh, err = pki.New("mesh authority"); err != nil {
		return nil, err
	}
	if p.Public, err = pki.New("public authority"); err != nil {
		return nil, err
	}
	if p.untrusted, err = pki.New("public authority"); err != nil { // the same name, another key
		return nil, err
	}
	if p.net, err = network.New(nameServer, controlServer); err != nil {
		return nil, err
	}
	queries, err := p.net.Root().ListenPacket(nameServer + ":53")
	if err != nil {
		return nil, err
	}
	p.stops = append(p.stops, p.Names.Serve(queries, p.clusterOf))
	certificates := &secrets{mesh: p.Mesh, public: p.Public, certificateOf: func(a string) string {
		if pod := p.podAt(a); pod != nil {
			return cluster.Identity(pod.Namespace, pod.CertificateOf)
		}
		return ""
	}, fileOf: p.fileOf}
	asked, err := p.net.Root().Listen(secretAddress)
	if err != nil {
		return nil, err
	}
	p.stops = append(p.stops, certificates.serve(asked))
	return p, nil
}

// Resolver is the text of /etc/resolv.conf for everything in the run.
func Resolver() string {
	return "nameserver " + nameServer + "\noptions ndots:1 timeout:1 attempts:1\n"
}

func (p *Plane) podAt(address string) *cluster.Pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byAddress[address]
}

func (p *Plane) fileOf(address, path string) []byte {
	pod := p.podAt(address)
	if pod == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.states {
		if s.Name == pod.Cluster {
			return s.File(pod, path)
		}
	}
	return nil
}

func (p *Plane) clusterOf(address string) string {
	if pod := p.podAt(address); pod != nil {
		return pod.Cluster
	}
	return ""
}

// IdentityOf is the identity that a proxy sends to istiod, never that of an impostor's certificate.
func (p *Plane) IdentityOf(address string) string {
	if pod := p.podAt(address); pod != nil {
		return pod.Identity()
	}
	return ""
}

// WhoIs names the pod or machine that has an address.
func (p *Plane) WhoIs(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	if pod := p.podAt(host); pod != nil {
		return pod.Ref()
	}
	for name, m := range p.machines {
		if m.Address == host {
			return "outside/" + name
		}
	}
	return address
}

// AddCluster sets the address of a cluster's istiod and the range of its pods.
func (p *Plane) AddCluster(name, discovery, podRange string) {
	p.discovery[name] = discovery
	p.ranges = append(p.ranges, podRange)
}

// Listen opens a TCP listener of the run's own, which all pods reach.
func (p *Plane) Listen(address string) (net.Listener, error) { return p.net.Root().Listen(address) }

func serve(space *network.Namespace, o echo.Options) (net.Listener, error) {
	l, err := space.Listen(fmt.Sprintf("0.0.0.0:%d", o.Port))
	if err != nil {
		return nil, fmt.Errorf("%s: port %d: %w", o.Who.Name(), o.Port, err)
	}
	go echo.Serve(l, o)
	return l, nil
}

// Start starts the new pods of the states, and publishes their names. It ends none.
func (p *Plane) Start(states ...*cluster.State) error {
	p.mu.Lock()
	p.states = states
	p.mu.Unlock()
	if err := p.Route(states...); err != nil {
		return err
	}
	for _, s := range states {
		for _, pod := range s.Pods {
			if p.pod(pod.Key()) == nil {
				if err := p.start(pod); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Route sets names and forwards to those of the states.
func (p *Plane) Route(states ...*cluster.State) error {
	for _, s := range states {
		p.Names.Set(s)
	}
	return p.net.Route(p.cloud(states))
}

// Surplus are the running pods that the states do not have.
func (p *Plane) Surplus(states ...*cluster.State) []string {
	wanted := map[string]bool{}
	for _, s := range states {
		for _, pod := range s.Pods {
			wanted[pod.Key()] = true
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []string
	for key := range p.pods {
		if !wanted[key] {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	return keys
}

func (p *Plane) pod(key string) *running {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pods[key]
}

func (p *Plane) start(pod *cluster.Pod) error {
	space, err := p.net.Add(pod.Address)
	if err != nil {
		return fmt.Errorf("pod %s: %w", pod.Ref(), err)
	}
	r := &running{pod: pod, space: space}
	p.mu.Lock()
	p.byAddress[pod.Address] = pod
	p.pods[pod.Key()] = r
	p.mu.Unlock()
	if pod.Role != cluster.Router {
		if err := p.applications(r); err != nil {
			return err
		}
	}
	if pod.Role == cluster.Sidecar {
		if err := space.Intercept(exclusions(pod)); err != nil {
			return err
		}
	}
	if pod.Role != cluster.Plain {
		r.proxy, err = startProxy(p.envoy, p.dir, pod, space, p.discovery[pod.Cluster], p.Logs)
	}
	return err
}

func exclusions(pod *cluster.Pod) network.Exclusions {
	list := func(key string) []string {
		var out []string
		for _, port := range strings.Split(pod.Annotations["traffic.sidecar.istio.io/"+key], ",") {
			if port = strings.TrimSpace(port); port != "" {
				out = append(out, port)
			}
		}
		return out
	}
	return network.Exclusions{InboundPorts: list("excludeInboundPorts"), OutboundPorts: list("excludeOutboundPorts")}
}

// applications listen only on the declared container ports: a Service with another target port finds no server.
func (p *Plane) applications(r *running) error {
	seen := map[int32]bool{}
	for _, port := range r.pod.Ports {
		if seen[port.ContainerPort] || (port.Protocol != "" && port.Protocol != corev1.ProtocolTCP) {
			continue
		}
		seen[port.ContainerPort] = true
		speaking, only := p.speaking(r.pod, int(port.ContainerPort))
		l, err := serve(r.space, echo.Options{
			Who:  echo.Who{Cluster: r.pod.Cluster, Namespace: r.pod.Namespace, Pod: r.pod.Name, Workload: r.pod.Workload, Version: r.pod.Labels["version"]},
			Port: int(port.ContainerPort), Hits: p.Hits, TLS: speaking, OnlyTLS: only, First: p.first(r.pod, int(port.ContainerPort)),
		})
		if err != nil {
			return err
		}
		r.listeners = append(r.listeners, l)
	}
	return nil
}

// End stops a pod like the kubelet: the proxy gets a moment, then all connections are closed.
func (p *Plane) End(key string) {
	p.mu.Lock()
	r := p.pods[key]
	delete(p.pods, key)
	p.mu.Unlock()
	if r == nil {
		return
	}
	if r.proxy != nil {
		r.proxy.stop(2 * time.Second)
	}
	for _, l := range r.listeners {
		_ = l.Close()
	}
	p.net.Remove(r.space)
	p.mu.Lock()
	delete(p.byAddress, r.pod.Address)
	p.mu.Unlock()
}

// cloud has the rules of kube-proxy and of load balancers.
func (p *Plane) cloud(states []*cluster.State) network.Cloud {
	c := network.Cloud{PodRanges: p.ranges}
	for _, s := range states {
		for _, pod := range s.Pods {
			if pod.Unreachable {
				c.Silent = append(c.Silent, pod.Address)
			}
		}
		for _, service := range s.Services {
			if service.Spec.ClusterIP == corev1.ClusterIPNone || service.Spec.ClusterIP == "" {
				continue
			}
			addresses := []string{service.Spec.ClusterIP}
			for _, in := range service.Status.LoadBalancer.Ingress {
				addresses = append(addresses, in.IP)
			}
			for _, port := range service.Spec.Ports {
				f := network.Forward{Port: port.Port}
				for _, d := range s.Destinations(service, port) {
					f.To = append(f.To, fmt.Sprintf("%s:%d", d.Address, d.Port))
				}
				for _, a := range addresses {
					f.Address = a
					c.Forwards = append(c.Forwards, f)
				}
				if port.NodePort != 0 {
					f.Address, f.Port = s.Node, port.NodePort
					c.Forwards = append(c.Forwards, f)
				}
			}
		}
	}
	return c
}
