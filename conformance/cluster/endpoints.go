package cluster

import (
	"sort"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/utils/ptr"
)

// Backends are the pods that a Service selects.
func (s *State) Backends(service *corev1.Service) []*Pod {
	if len(service.Spec.Selector) == 0 {
		return nil
	}
	selector := labels.SelectorFromSet(service.Spec.Selector)
	var pods []*Pod
	for _, p := range s.Pods {
		if p.Namespace == service.Namespace && selector.Matches(labels.Set(p.Labels)) {
			pods = append(pods, p)
		}
	}
	return pods
}

// Destinations are the ready addresses behind a Service port, as kube-proxy would use them.
func (s *State) Destinations(service *corev1.Service, port corev1.ServicePort) []Destination {
	var out []Destination
	for _, p := range s.Backends(service) {
		if target := p.targetPort(port); target != 0 && (p.Ready || service.Spec.PublishNotReadyAddresses) {
			out = append(out, Destination{p.Address, target})
		}
	}
	return out
}

// Destination is an address and a port.
type Destination struct {
	Address string
	Port    int32
}

// slice is the EndpointSlice that the controller would write. Pods that resolve a named port differently
// would get a slice of their own; here the first pod's number stands for all, as no example needs more.
func (b *builder) slice(service *corev1.Service) *discoveryv1.EndpointSlice {
	pods := b.state.Backends(service)
	if len(service.Spec.Selector) == 0 || service.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	sort.Slice(pods, func(i, j int) bool { return pods[i].Name < pods[j].Name })
	slice := &discoveryv1.EndpointSlice{
		TypeMeta: metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
		ObjectMeta: metav1.ObjectMeta{
			Name: service.Name + "-slice", Namespace: service.Namespace,
			Labels: map[string]string{discoveryv1.LabelServiceName: service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	if service.Spec.ClusterIP == corev1.ClusterIPNone {
		slice.Labels[corev1.IsHeadlessService] = ""
	}
	for _, port := range service.Spec.Ports {
		target := port.TargetPort.IntVal
		for _, p := range pods {
			if n := p.targetPort(port); n != 0 {
				target = n
				break
			}
		}
		if target == 0 {
			continue
		}
		protocol := port.Protocol
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{
			Name: ptr.To(port.Name), Port: ptr.To(target), Protocol: &protocol, AppProtocol: port.AppProtocol,
		})
	}
	for _, p := range pods {
		ready := p.Ready || service.Spec.PublishNotReadyAddresses
		endpoint := discoveryv1.Endpoint{
			Addresses:  []string{p.Address},
			Conditions: discoveryv1.EndpointConditions{Ready: ptr.To(ready), Serving: ptr.To(p.Ready), Terminating: ptr.To(false)},
			NodeName:   ptr.To(p.Node),
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Name: p.Name, Namespace: p.Namespace},
		}
		if p.Hostname != "" && p.Subdomain == service.Name {
			endpoint.Hostname = ptr.To(p.Hostname)
		}
		slice.Endpoints = append(slice.Endpoints, endpoint)
	}
	return slice
}
