// Package netpol evaluates NetworkPolicies. It is independent of
// Istio, so that its result can be compared with Istio's policies.
package netpol

import (
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Pod is one end of a connection.
type Pod struct {
	Namespace, Name string
	Labels          map[string]string
	Address         netip.Addr
	// Ports are the names of its container ports.
	Ports map[string]int32
}

// Policies are all NetworkPolicies of a cluster, with the labels of its namespaces.
type Policies struct {
	Policies   []*networkingv1.NetworkPolicy
	Namespaces map[string]map[string]string
}

// Allows reports whether a connection from one pod to a port of another passes both the egress of the one and the ingress of the other.
func (p *Policies) Allows(from, to *Pod, port int32, protocol corev1.Protocol) (bool, error) {
	out, err := p.side(networkingv1.PolicyTypeEgress, from, to, to, port, protocol)
	if err != nil || !out {
		return false, err
	}
	return p.side(networkingv1.PolicyTypeIngress, to, from, to, port, protocol)
}

// side evaluates the policies of one end. If no policy selects the pod, everything passes. Otherwise one rule must allow the connection.
func (p *Policies) side(kind networkingv1.PolicyType, own, other, to *Pod, port int32, protocol corev1.Protocol) (bool, error) {
	isolated := false
	for _, policy := range p.Policies {
		if policy.Namespace != own.Namespace || !has(policy, kind) {
			continue
		}
		selected, err := matches(&policy.Spec.PodSelector, own.Labels)
		if err != nil {
			return false, fmt.Errorf("NetworkPolicy %s/%s: %w", policy.Namespace, policy.Name, err)
		}
		if !selected {
			continue
		}
		isolated = true
		for _, r := range rules(policy, kind) {
			peer, err := p.peers(policy.Namespace, r.peers, other)
			if err != nil {
				return false, fmt.Errorf("NetworkPolicy %s/%s: %w", policy.Namespace, policy.Name, err)
			}
			if peer && ports(r.ports, to, port, protocol) {
				return true, nil
			}
		}
	}
	return !isolated, nil
}

// has returns whether a policy has a type. Without types, a policy is for ingress, and for egress if it has egress rules.
func has(policy *networkingv1.NetworkPolicy, kind networkingv1.PolicyType) bool {
	if len(policy.Spec.PolicyTypes) == 0 {
		return kind == networkingv1.PolicyTypeIngress || len(policy.Spec.Egress) > 0
	}
	for _, t := range policy.Spec.PolicyTypes {
		if t == kind {
			return true
		}
	}
	return false
}

type rule struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
}

func rules(policy *networkingv1.NetworkPolicy, kind networkingv1.PolicyType) (out []rule) {
	if kind == networkingv1.PolicyTypeIngress {
		for _, r := range policy.Spec.Ingress {
			out = append(out, rule{r.From, r.Ports})
		}
		return out
	}
	for _, r := range policy.Spec.Egress {
		out = append(out, rule{r.To, r.Ports})
	}
	return out
}

// peers matches all peers if the list is empty.
func (p *Policies) peers(home string, peers []networkingv1.NetworkPolicyPeer, other *Pod) (bool, error) {
	for _, peer := range peers {
		if ok, err := p.peer(home, peer, other); ok || err != nil {
			return ok, err
		}
	}
	return len(peers) == 0, nil
}

func (p *Policies) peer(home string, peer networkingv1.NetworkPolicyPeer, other *Pod) (bool, error) {
	if b := peer.IPBlock; b != nil {
		// The meaning of a block for pod addresses depends on the network plugin. This code assumes that the block allows them.
		inside, err := within(b.CIDR, other.Address)
		for _, except := range b.Except {
			out, e := within(except, other.Address)
			inside, err = inside && !out, first(err, e)
		}
		return inside, err
	}
	if peer.NamespaceSelector == nil {
		if other.Namespace != home {
			return false, nil
		}
	} else if ok, err := matches(peer.NamespaceSelector, p.labelsOf(other.Namespace)); !ok || err != nil {
		return false, err
	}
	if peer.PodSelector == nil {
		return true, nil
	}
	return matches(peer.PodSelector, other.Labels)
}

// labelsOf a namespace, with the one that the API server adds.
func (p *Policies) labelsOf(namespace string) map[string]string {
	all := map[string]string{corev1.LabelMetadataName: namespace}
	for k, v := range p.Namespaces[namespace] {
		all[k] = v
	}
	return all
}

// ports matches all ports if the list is empty. Names are container ports of the callee.
func ports(list []networkingv1.NetworkPolicyPort, to *Pod, port int32, protocol corev1.Protocol) bool {
	for _, p := range list {
		want := corev1.ProtocolTCP
		if p.Protocol != nil {
			want = *p.Protocol
		}
		if want != protocol {
			continue
		}
		switch {
		case p.Port == nil:
			return true
		case p.Port.StrVal != "":
			if to.Ports[p.Port.StrVal] == port {
				return true
			}
		case p.EndPort != nil:
			if p.Port.IntVal <= port && port <= *p.EndPort {
				return true
			}
		case p.Port.IntVal == port:
			return true
		}
	}
	return len(list) == 0
}

func matches(selector *metav1.LabelSelector, set map[string]string) (bool, error) {
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false, err
	}
	return s.Matches(labels.Set(set)), nil
}

func within(cidr string, address netip.Addr) (bool, error) {
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && prefix.Contains(address), err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
