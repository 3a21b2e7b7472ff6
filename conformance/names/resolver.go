// Package names is the DNS of the run: cluster names, pod names, the outside
// world, and what a sidecar's DNS proxy adds.
package names

import (
	"net"
	"strings"
	"sync"

	"github.com/miekg/dns"
	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

// World resolves names: those of each cluster for its own pods, external names for all callers.
type World struct {
	mu       sync.RWMutex
	clusters map[string]*cluster.State
	beyond   map[string]string
}

// New returns an empty world.
func New() *World {
	return &World{clusters: map[string]*cluster.State{}, beyond: map[string]string{}}
}

// Set makes a cluster's names those of a state.
func (w *World) Set(s *cluster.State) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clusters[s.Name] = s
	for host, ip := range s.PublicHosts {
		w.beyond[host] = ip
	}
}

// Add gives a name of the outside world an address.
func (w *World) Add(host, address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.beyond[host] = address
}

// search is a pod's search list, as the kubelet writes it.
func search(namespace string) []string {
	return []string{"", namespace + ".svc.cluster.local", "svc.cluster.local", "cluster.local"}
}

// Lookup resolves a name as a pod of that cluster and namespace would; captured are the names that the pod's DNS proxy knows.
func (w *World) Lookup(clusterName, namespace, host string, captured map[string][]string) []string {
	if net.ParseIP(host) != nil {
		return []string{host}
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	host = strings.TrimSuffix(host, ".")
	for _, suffix := range search(namespace) {
		name := host
		if suffix != "" {
			name += "." + suffix
		}
		if ips := captured[name]; len(ips) > 0 {
			return ips
		}
		if i := strings.Index(name, "."); i > 0 && len(captured["*"+name[i:]]) > 0 {
			return captured["*"+name[i:]]
		}
		if ips := w.lookup(w.clusters[clusterName], name, 0); len(ips) > 0 {
			return ips
		}
	}
	return nil
}

func (w *World) lookup(state *cluster.State, name string, depth int) []string {
	if state != nil {
		if ips := w.inCluster(state, name, depth); len(ips) > 0 {
			return ips
		}
	}
	return w.outside(name)
}

func (w *World) inCluster(state *cluster.State, name string, depth int) []string {
	rest, ok := strings.CutSuffix(name, ".svc.cluster.local")
	if !ok {
		return nil
	}
	parts := strings.Split(rest, ".")
	for _, s := range state.Services {
		if len(parts) < 2 || s.Namespace != parts[len(parts)-1] || s.Name != parts[len(parts)-2] {
			continue
		}
		switch {
		case s.Spec.Type == corev1.ServiceTypeExternalName:
			if depth < 4 {
				return w.lookup(state, s.Spec.ExternalName, depth+1)
			}
		case len(parts) == 2 && s.Spec.ClusterIP != corev1.ClusterIPNone:
			return []string{s.Spec.ClusterIP}
		case s.Spec.ClusterIP == corev1.ClusterIPNone:
			var ips []string
			for _, p := range state.Backends(s) {
				mine := len(parts) == 2 || (p.Hostname == parts[0] && p.Subdomain == s.Name)
				if mine && (p.Ready || s.Spec.PublishNotReadyAddresses) {
					ips = append(ips, p.Address)
				}
			}
			return ips
		}
	}
	return nil
}

// outside resolves external names. A wildcard matches one label; in public DNS it matches one or more.
func (w *World) outside(name string) []string {
	if ip, ok := w.beyond[name]; ok {
		return []string{ip}
	}
	for pattern, ip := range w.beyond {
		if before, after, ok := strings.Cut(pattern, "*"); ok && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) && len(name) > len(before)+len(after) {
			return []string{ip}
		}
	}
	return nil
}

// Serve answers DNS queries (Envoy's) until the function that it returns is called; the address of the client identifies its cluster.
func (w *World) Serve(conn net.PacketConn, clusterOf func(ip string) string) (stop func()) {
	handler := dns.HandlerFunc(func(out dns.ResponseWriter, query *dns.Msg) {
		reply := new(dns.Msg)
		reply.SetReply(query)
		asker, _, _ := net.SplitHostPort(out.RemoteAddr().String())
		found := false
		for _, q := range query.Question {
			w.mu.RLock()
			ips := w.lookup(w.clusters[clusterOf(asker)], strings.TrimSuffix(q.Name, "."), 0)
			w.mu.RUnlock()
			found = found || len(ips) > 0
			if q.Qtype != dns.TypeA {
				continue
			}
			for _, ip := range ips {
				reply.Answer = append(reply.Answer, &dns.A{
					Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.ParseIP(ip),
				})
			}
		}
		if !found {
			reply.Rcode = dns.RcodeNameError
		}
		_ = out.WriteMsg(reply)
	})
	go func() { _ = (&dns.Server{PacketConn: conn, Handler: handler}).ActivateAndServe() }()
	return func() { _ = conn.Close() }
}
