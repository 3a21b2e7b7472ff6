package harness

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	authentication "istio.io/api/security/v1beta1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/controlplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/netpol"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/report"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

// pairs runs every matrix, in the first cluster.
func (w *world) pairs(out *report.Report) error {
	for _, p := range w.file.Pairs {
		if len(p.Without) > 0 && len(out.API) > 0 {
			continue // no live change if the API server refused the manifests: the report has the refusal
		}
		w.Progress("%s: pairs: %s", w.Name, p.Name)
		m := w.members[0]
		all, _ := traffic.Asked(m.state, p)
		if p.NetworkPolicies {
			out.Requests = append(out.Requests, networkPairs(p.Name+": NetworkPolicies", m, all))
		}
		if err := w.withoutKinds(m, p, func() error {
			all, missing := traffic.Asked(m.state, p)
			result := w.runner.Pairs(p.Name, all, !slices.Contains(p.Without, "Sidecar"))
			result.Failures = append(missing, result.Failures...)
			result.OK = len(result.Failures) == 0
			out.Requests = append(out.Requests, result)
			out.Figures.Requests += result.Count
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// scopes measures the configuration that istiod sends to proxies.
func (w *world) scopes(out *report.Report) error {
	for _, s := range w.file.Scopes {
		if len(out.API) > 0 {
			continue
		}
		began := time.Now()
		pods := w.runner.Pods(s.Proxy)
		if len(pods) == 0 {
			return w.file.Bad(s.Proxy.Line, "scopes: there is no proxy %s", s.Proxy)
		}
		m := w.members[0]
		with := w.servers[m.name].ScopeOf(pods[0].Address)
		var bare controlplane.Scope
		if err := w.withoutKinds(m, &scenario.Pairs{Name: "scopes", Without: s.Without, Line: s.Proxy.Line}, func() error {
			bare = w.servers[m.name].ScopeOf(pods[0].Address)
			return nil
		}); err != nil {
			return err
		}
		ratio := float64(bare.Bytes) / float64(max(with.Bytes, 1))
		text := func(s controlplane.Scope) string {
			return fmt.Sprintf("%d clusters, %d listeners, %d routes, %d KiB", s.Clusters, s.Listeners, s.Routes, s.Bytes/1024)
		}
		result := &traffic.Result{
			Name: "scope of " + s.Proxy.String(), From: s.Proxy.String(), URL: "istiod", OK: ratio >= s.AtLeast, Took: time.Since(began),
			Expected: fmt.Sprintf("without %s at least %g times as many bytes", strings.Join(s.Without, ", "), s.AtLeast),
			Seen:     fmt.Sprintf("%s; without %s: %.1f times as many", text(with), text(bare), ratio),
		}
		if !result.OK {
			result.Failures = []string{result.Seen}
		}
		out.Requests = append(out.Requests, result)
	}
	return nil
}

// withoutKinds removes objects while a function runs.
func (w *world) withoutKinds(m *member, p *scenario.Pairs, run func() error) error {
	if len(p.Without) == 0 {
		return run()
	}
	before := m.objects
	var rest []*manifests.Object
	for _, o := range before {
		if !slices.Contains(p.Without, o.GetKind()) {
			rest = append(rest, o)
		}
	}
	if len(rest) == len(before) {
		return w.file.Bad(p.Line, "pairs %q: there is no object of these kinds: %s", p.Name, strings.Join(p.Without, ", "))
	}
	change := func(objects []*manifests.Object) error {
		m.objects = objects
		if err := w.become(m, 0); err != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond) // istiod's pause before a push
		w.settle(10 * time.Second)
		return nil
	}
	if err := change(rest); err != nil {
		return err
	}
	if err := run(); err != nil {
		return err
	}
	return change(before)
}

// networkPairs checks the NetworkPolicies for every pair, and for the connections that every sidecar needs.
func networkPairs(name string, m *member, pairs []*traffic.Pair) *traffic.Result {
	began := time.Now()
	policies := &netpol.Policies{Namespaces: map[string]map[string]string{}}
	for _, o := range m.verdict.Kubernetes {
		switch v := o.(type) {
		case *networkingv1.NetworkPolicy:
			policies.Policies = append(policies.Policies, v)
		case *corev1.Namespace:
			policies.Namespaces[v.Name] = v.Labels
		}
	}
	result := &traffic.Result{Name: name, From: "all callers", URL: "all Services"}
	check := func(what string, from, to *netpol.Pod, port int32, protocol corev1.Protocol, want bool) bool {
		result.Count++
		got, err := policies.Allows(from, to, port, protocol)
		switch {
		case err != nil:
			result.Failures = append(result.Failures, fmt.Sprintf("%s: %v", what, err))
		case got && !want:
			result.Failures = append(result.Failures, what+": undeclared, and NetworkPolicies allow it")
		case !got && want:
			result.Failures = append(result.Failures, what+": NetworkPolicies refuse it")
		}
		return got
	}
	declared, let := 0, 0
	for _, p := range pairs {
		want := p.Declared != nil || p.Alike
		if want {
			declared++
		}
		for _, to := range p.Backends {
			if to.Address == p.From.Address {
				continue // traffic of a pod to itself passes no network
			}
			if check(p.String(), endOf(p.From), endOf(to), p.Target, corev1.ProtocolTCP, want) && to == p.Backends[len(p.Backends)-1] {
				let++
			}
		}
	}
	needs := result.Count
	for _, pod := range m.state.Pods {
		if pod.Role == cluster.Plain {
			continue
		}
		own := endOf(pod)
		check(pod.Ref()+" -> DNS", own, system("kube-system", map[string]string{"k8s-app": "kube-dns"}), 53, corev1.ProtocolUDP, true)
		check(pod.Ref()+" -> DNS", own, system("kube-system", map[string]string{"k8s-app": "kube-dns"}), 53, corev1.ProtocolTCP, true)
		check(pod.Ref()+" -> istiod", own, system("istio-system", map[string]string{"app": "istiod"}), 15012, corev1.ProtocolTCP, true)
		check("Prometheus -> "+pod.Ref(), system("monitoring", map[string]string{"app": "prometheus"}), own, 15020, corev1.ProtocolTCP, true)
	}
	result.Expected = fmt.Sprintf("%d of %d pairs allowed, no other; DNS, istiod and scrapes for every proxy", declared, len(pairs))
	result.Seen = fmt.Sprintf("%d, and %d needs asked", let, result.Count-needs)
	result.OK = len(result.Failures) == 0
	result.Took = time.Since(began)
	return result
}

func endOf(p *cluster.Pod) *netpol.Pod {
	end := &netpol.Pod{Namespace: p.Namespace, Name: p.Name, Labels: p.Labels, Ports: map[string]int32{}}
	end.Address, _ = netip.ParseAddr(p.Address)
	for _, port := range p.Ports {
		end.Ports[port.Name] = port.ContainerPort
	}
	return end
}

// system is a system pod of the cluster, at an address that no pod of the run has.
func system(namespace string, labels map[string]string) *netpol.Pod {
	return &netpol.Pod{Namespace: namespace, Name: namespace, Labels: labels, Address: netip.MustParseAddr("10.255.255.254")}
}

// issue gives RequestAuthentications the keys of the run for issuers that the world has.
func (l *loaded) issue(state *cluster.State) error {
	for i := range state.Configs {
		spec, ok := state.Configs[i].Spec.(*authentication.RequestAuthentication)
		if !ok {
			continue
		}
		for _, rule := range spec.JwtRules {
			if !slices.Contains(l.file.World.Issuers, rule.Issuer) {
				continue
			}
			keys, err := l.mint.JWKS(rule.Issuer)
			if err != nil {
				return err
			}
			rule.Jwks, rule.JwksUri = keys, ""
		}
	}
	return nil
}
