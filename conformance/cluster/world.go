package cluster

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// world adds what requests.yaml declares beside the manifests.
func (b *builder) world() {
	for _, g := range b.World.Gateways {
		if !b.mine(g.Cluster) {
			continue
		}
		labels := copyMap(g.Labels)
		if len(labels) == 0 {
			labels = map[string]string{"app": g.Name, "istio": strings.TrimPrefix(g.Name, "istio-")}
		}
		p := b.other(g.Place, labels, g.ServiceAccount, g.Ports)
		p.Role = Router
		p.Containers = nil
		if p.ServiceAccount == "default" {
			p.ServiceAccount = g.Name + "-service-account"
		}
		s := service(g.Place, labels, g.Ports)
		s.Spec.Type = corev1.ServiceTypeLoadBalancer
		b.state.Services = append(b.state.Services, s)
	}
	for _, w := range b.World.Workloads {
		if !b.mine(w.Cluster) {
			continue
		}
		labels := copyMap(w.Labels)
		if len(labels) == 0 {
			labels = map[string]string{"app": w.Name}
		}
		for i := 0; i < max(1, w.Replicas); i++ {
			p := b.other(w.Place, labels, w.ServiceAccount, w.Ports)
			if w.Replicas > 1 {
				p.Name += "-" + suffix(w.Name, i)
			}
			if w.Sidecar {
				p.Role = Sidecar
			}
		}
		if len(w.Ports) > 0 {
			selector := labels
			if app := labels["app"]; app != "" {
				selector = map[string]string{"app": app}
			}
			b.state.Services = append(b.state.Services, service(w.Place, selector, w.Ports))
		}
	}
	for i := 0; i < b.World.Neighbours; i++ {
		at := scenario.Place{Namespace: fmt.Sprintf("neighbours-%d", i/10), Name: fmt.Sprintf("neighbour-%d", i)}
		b.state.Services = append(b.state.Services, service(at, map[string]string{"app": at.Name}, []scenario.Port{{Name: "http", Port: 8000 + i%10}, {Name: "tcp", Port: 7000}}))
	}
	for _, c := range b.World.Clients {
		if !b.mine(c.Cluster) {
			continue
		}
		labels := copyMap(c.Labels)
		if len(labels) == 0 {
			labels = map[string]string{"app": c.Name}
		}
		p := b.other(c.Place, labels, c.ServiceAccount, nil)
		p.DNSCapture = c.DNSCapture
		if c.Sidecar {
			p.Role = Sidecar
		}
	}
}

func (b *builder) other(at scenario.Place, labels map[string]string, serviceAccount string, ports []scenario.Port) *Pod {
	p := &Pod{
		Cluster: b.name, Namespace: at.Namespace, Name: at.Name, Workload: at.Name, WorkloadKind: "Deployment",
		Labels: copyMap(labels), Annotations: map[string]string{}, ServiceAccount: orDefault(serviceAccount, "default"),
		Ready: true, Role: Plain, Stock: true, Address: at.Address, Source: b.where("", at.Namespace, at.Name),
	}
	for _, port := range ports {
		p.Ports = append(p.Ports, corev1.ContainerPort{Name: port.Name, ContainerPort: int32(targetOf(port)), Protocol: corev1.ProtocolTCP})
	}
	p.Containers = []corev1.Container{{Name: "app", Image: "app", Ports: p.Ports}}
	b.state.Pods = append(b.state.Pods, p)
	return p
}

func targetOf(p scenario.Port) int {
	if p.TargetPort != 0 {
		return p.TargetPort
	}
	return p.Port
}

func service(at scenario.Place, selector map[string]string, ports []scenario.Port) *corev1.Service {
	s := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Name: at.Name, Namespace: at.Namespace},
		Spec:       corev1.ServiceSpec{Selector: selector, Type: corev1.ServiceTypeClusterIP},
	}
	for _, p := range ports {
		port := corev1.ServicePort{Name: p.Name, Port: int32(p.Port), TargetPort: intstr.FromInt(targetOf(p)), Protocol: corev1.ProtocolTCP}
		if p.AppProtocol != "" {
			port.AppProtocol = ptr.To(p.AppProtocol)
		}
		s.Spec.Ports = append(s.Spec.Ports, port)
	}
	return s
}

// OthersYAML is the world as manifests, for the analyzer: what the manifests refer to exists.
func (s *State) OthersYAML(own map[string]bool) (string, error) {
	var docs []string
	for _, o := range s.Objects {
		switch v := o.(type) {
		case *corev1.Namespace:
			if own["Namespace/"+v.Name] {
				continue
			}
		case *corev1.Service:
			if own["Service/"+v.Namespace+"/"+v.Name] {
				continue
			}
		case *corev1.Pod:
			// Pods of the manifests' own workloads would be there too, with their sidecars.
		default:
			continue
		}
		text, err := sigsyaml.Marshal(o)
		if err != nil {
			return "", err
		}
		docs = append(docs, string(text))
	}
	return strings.Join(docs, "---\n"), nil
}
