package controlplane

import (
	"google.golang.org/protobuf/proto"
)

// Scope is how much istiod sends to one proxy.
type Scope struct{ Clusters, Listeners, Routes, Bytes int }

// ScopeOf measures it for the proxy at an address; nothing where there is none.
func (s *Server) ScopeOf(address string) (scope Scope) {
	for _, c := range s.fake.Discovery.Clients() {
		p := c.Proxy()
		if len(p.IPAddresses) == 0 || p.IPAddresses[0] != address {
			continue
		}
		count := func(n *int, m proto.Message) {
			*n++
			scope.Bytes += proto.Size(m)
		}
		for _, m := range s.fake.Clusters(p) {
			count(&scope.Clusters, m)
		}
		listeners := s.fake.Listeners(p)
		for _, m := range listeners {
			count(&scope.Listeners, m)
		}
		for _, m := range s.fake.RoutesFromListeners(p, listeners) {
			for _, host := range m.VirtualHosts {
				scope.Routes += len(host.Routes)
			}
			scope.Bytes += proto.Size(m)
		}
		return scope
	}
	return scope
}
