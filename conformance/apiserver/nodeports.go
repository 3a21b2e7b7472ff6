package apiserver

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// The API server's default range, without --service-node-port-range.
const firstNodePort, lastNodePort = 30000, 32767

// allocate checks requested node ports like the storage of Services: it refuses a port outside the range or one that
// another Service has. One Service may use one port for two protocols.
func (v *Verdict) allocate(o *manifests.Object, s *corev1.Service) bool {
	type wish struct {
		path string
		port int32
	}
	var wishes []wish
	for i, p := range s.Spec.Ports {
		wishes = append(wishes, wish{fmt.Sprintf("spec.ports[%d].nodePort", i), p.NodePort})
	}
	wishes = append(wishes, wish{"spec.healthCheckNodePort", s.Spec.HealthCheckNodePort})
	ok := true
	for _, w := range wishes {
		holder, taken := v.nodePorts[w.port]
		switch {
		case w.port == 0:
		case w.port < firstNodePort || w.port > lastNodePort:
			v.refuse(o, w.path, fmt.Sprintf("%s: Invalid value: %d: provided port is not in the valid range. The range of valid ports is %d-%d", w.path, w.port, firstNodePort, lastNodePort))
			ok = false
		case taken && holder != o.ID():
			v.refuse(o, w.path, fmt.Sprintf("%s: Invalid value: %d: provided port is already allocated (to %s)", w.path, w.port, holder))
			ok = false
		}
	}
	if ok { // a refused Service holds nothing
		for _, w := range wishes {
			v.nodePorts[w.port] = o.ID()
		}
	}
	return ok
}
