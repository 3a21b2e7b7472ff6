package cluster

import (
	"fmt"
	"net/netip"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"istio.io/istio/pkg/config"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// State is one cluster at one moment.
type State struct {
	Name string
	Pods []*Pod
	// Services have their addresses filled in.
	Services []*corev1.Service
	// Objects is all that istiod reads from the Kubernetes API, Pods and Services included.
	Objects []runtime.Object
	// Access are the Roles and their bindings.
	Access []runtime.Object
	// Configs are the Istio objects.
	Configs []config.Config
	// PublicHosts maps external names to addresses of load balancers.
	PublicHosts map[string]string
	// Node is the address of the cluster's nodes, where node ports are.
	Node string
	// Refused are the workloads whose pods are refused.
	Refused []Refusal
}

// Refusal is the reason why a workload has no pods.
type Refusal struct{ Kind, Namespace, Name, Message string }

// Admission decides whether the pods of a workload are accepted.
type Admission struct {
	Role                  Role
	Kind, Namespace, Name string
	NamespaceLabels       map[string]string
	Template              corev1.PodTemplateSpec
}

// Input is what a cluster is made of.
type Input struct {
	Name       string
	Kubernetes []runtime.Object
	Custom     []*manifests.Object
	World      scenario.World
	Addresses  *Addresses
	// Where finds the place of an object, for messages.
	Where func(kind, namespace, name string) string
	// Admit gives the reasons why the pods of a workload are refused; nil admits all.
	Admit func(Admission) []string
	// Metadata is the configuration that a proxy with these annotations sends to istiod; nil for none.
	Metadata func(annotations map[string]string) (map[string]any, error)
}

type builder struct {
	Input
	name            string
	namespaceLabels map[string]map[string]string
	state           *State
}

func (b *builder) where(kind, namespace, name string) string { return b.Where(kind, namespace, name) }

// Build makes the state. Errors are bad input: they carry a place.
func Build(in Input) (*State, error) {
	b := &builder{Input: in, name: in.Name, namespaceLabels: map[string]map[string]string{}}
	b.state = &State{Name: in.Name, PublicHosts: map[string]string{}, Node: in.Addresses.Node(in.Name)}
	b.namespaces()
	for _, o := range in.Kubernetes {
		pods, err := b.podsOf(o)
		if err != nil {
			return nil, err
		}
		b.state.Pods = append(b.state.Pods, pods...)
		if s, ok := o.(*corev1.Service); ok {
			b.state.Services = append(b.state.Services, s.DeepCopy())
		}
	}
	b.world()
	for _, p := range b.state.Pods {
		if err := b.settle(p); err != nil {
			return nil, err
		}
	}
	for _, s := range b.state.Services {
		b.address(s)
	}
	b.publish()
	b.objects()
	return b.state, b.configs()
}

func (b *builder) mine(cluster string) bool { return cluster == "" || cluster == b.name }

func (b *builder) namespaces() {
	for _, o := range b.Kubernetes {
		if ns, ok := o.(*corev1.Namespace); ok {
			b.namespaceLabels[ns.Name] = ns.Labels
		}
	}
	for _, ns := range b.World.Namespaces {
		if b.mine(ns.Cluster) {
			b.namespaceLabels[ns.Name] = ns.Labels
		}
	}
	for _, name := range []string{"default", "istio-system", "kube-system"} {
		if _, ok := b.namespaceLabels[name]; !ok {
			b.namespaceLabels[name] = nil
		}
	}
}

// settle gives a pod its address, node and the roles that the world declares.
func (b *builder) settle(p *Pod) error {
	chosen := p.Address != ""
	if !chosen {
		p.Address = b.Addresses.Pod(p.Cluster, p.Ref())
	}
	if _, err := netip.ParseAddr(p.Address); err != nil {
		return fmt.Errorf("%s: pod %s: %q is no IP address", p.Source, p.Ref(), p.Address)
	}
	if chosen {
		if before, ok := b.Addresses.Claim(p.Address, "pod "+p.Key()); !ok {
			return fmt.Errorf("%s: pod %s and %s have one address, %s", p.Source, p.named(), holder(before), p.Address)
		}
	}
	for _, l := range b.World.Localities {
		if b.names(l.Workload, p) {
			p.Locality = l.Locality
		}
	}
	for _, r := range b.World.NotReady {
		if b.names(r, p) {
			p.Ready = false
		}
	}
	for _, r := range b.World.Unreachable {
		p.Unreachable = p.Unreachable || b.names(r, p)
	}
	p.CertificateOf = p.ServiceAccount
	for _, i := range b.World.Impostors {
		if b.names(i.Workload, p) {
			p.CertificateOf = i.ServiceAccount
		}
	}
	if b.Metadata != nil && p.Role != Plain {
		var err error
		if p.Metadata, err = b.Metadata(p.Annotations); err != nil {
			return fmt.Errorf("%s: pod %s: %v", p.Source, p.Ref(), err)
		}
		p.DNSCapture = p.DNSCapture || p.Metadata["DNS_CAPTURE"] == "true"
	}
	if p.Role == Sidecar {
		p.DNSCapture = p.DNSCapture || capturesDNS(b.Custom, p)
	}
	p.Node = "node-" + strings.NewReplacer("/", "-", ".", "-").Replace(orDefault(p.Locality, "any"))
	return nil
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (b *builder) names(r scenario.Ref, p *Pod) bool {
	return b.mine(r.Cluster) && r.Namespace == p.Namespace && (r.Name == p.Name || r.Name == p.Workload)
}

// address fills in what the API server and a load balancer controller fill in.
func (b *builder) address(s *corev1.Service) {
	ref := s.Namespace + "/" + s.Name
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		return
	}
	if s.Spec.ClusterIP == "" {
		s.Spec.ClusterIP = b.Addresses.Service(b.name, ref)
	}
	if s.Spec.ClusterIP != corev1.ClusterIPNone {
		s.Spec.ClusterIPs = []string{s.Spec.ClusterIP}
	}
	for i := range s.Spec.Ports {
		port := &s.Spec.Ports[i]
		if port.TargetPort == (intstr.IntOrString{}) {
			port.TargetPort = intstr.FromInt32(port.Port)
		}
		if port.Protocol == "" {
			port.Protocol = corev1.ProtocolTCP
		}
	}
	if s.Spec.Type == corev1.ServiceTypeLoadBalancer {
		s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: b.Addresses.LoadBalancer(b.name, ref)}}
	}
}

func (b *builder) publish() {
	for _, g := range b.World.Gateways {
		if !b.mine(g.Cluster) {
			continue
		}
		for _, host := range g.PublicHosts {
			b.state.PublicHosts[host] = b.Addresses.LoadBalancer(b.name, g.Namespace+"/"+g.Name)
		}
	}
	for _, p := range b.World.PublicHosts {
		s := b.state.Service(p.Service)
		if s == nil || !b.mine(p.Service.Cluster) {
			continue
		}
		for _, host := range p.Hosts {
			if address := b.state.PublicAddress(s); address != "" {
				b.state.PublicHosts[host] = address
			}
		}
	}
}

// Service finds a Service by its reference, nil where there is none.
func (s *State) Service(ref scenario.Ref) *corev1.Service {
	for _, service := range s.Services {
		if service.Namespace == ref.Namespace && service.Name == ref.Name {
			return service
		}
	}
	return nil
}

// PublicAddress is the address of a Service from outside: its load balancer, or a node; empty without one.
func (s *State) PublicAddress(service *corev1.Service) string {
	switch {
	case len(service.Status.LoadBalancer.Ingress) > 0:
		return service.Status.LoadBalancer.Ingress[0].IP
	case service.Spec.Type == corev1.ServiceTypeNodePort:
		return s.Node
	}
	return ""
}

// objects collects what istiod watches.
func (b *builder) objects() {
	s := b.state
	names := make([]string, 0, len(b.namespaceLabels))
	for name := range b.namespaceLabels {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		labels := copyMap(b.namespaceLabels[name])
		labels["kubernetes.io/metadata.name"] = name
		s.Objects = append(s.Objects, &corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		})
	}
	s.Objects = append(s.Objects, b.nodes()...)
	for _, service := range s.Services {
		s.Objects = append(s.Objects, service)
		if slice := b.slice(service); slice != nil {
			s.Objects = append(s.Objects, slice)
		}
	}
	for _, p := range s.Pods {
		s.Objects = append(s.Objects, p.object(s.Node))
	}
	for _, o := range b.Kubernetes {
		switch o.(type) {
		case *corev1.Secret, *corev1.ConfigMap, *corev1.ServiceAccount:
			s.Objects = append(s.Objects, o)
		case *rbacv1.Role, *rbacv1.RoleBinding, *rbacv1.ClusterRole, *rbacv1.ClusterRoleBinding:
			s.Access = append(s.Access, o)
		}
	}
}

// nodes carry the localities.
func (b *builder) nodes() []runtime.Object {
	var nodes []runtime.Object
	seen := map[string]bool{}
	for _, p := range b.state.Pods {
		if seen[p.Node] {
			continue
		}
		seen[p.Node] = true
		labels := map[string]string{}
		parts := strings.Split(p.Locality, "/")
		for i, key := range []string{"topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"} {
			if i < len(parts) && parts[i] != "" {
				labels[key] = parts[i]
			}
		}
		nodes = append(nodes, &corev1.Node{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
			ObjectMeta: metav1.ObjectMeta{Name: p.Node, Labels: labels},
		})
	}
	return nodes
}
