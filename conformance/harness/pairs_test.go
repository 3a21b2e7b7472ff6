package harness

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

// A NetworkPolicy that allows too much or too little is detected.
func TestNetworkPairs(t *testing.T) {
	pod := func(name, address string) *cluster.Pod {
		return &cluster.Pod{Namespace: "shop", Name: name, Workload: name, Labels: map[string]string{"app": name}, Address: address, Ready: true}
	}
	service := &corev1.Service{}
	service.Namespace, service.Name = "shop", "ledger"
	service.Spec.Selector = map[string]string{"app": "ledger"}
	service.Spec.Ports = []corev1.ServicePort{{Name: "tcp", Port: 5432, TargetPort: intstr.FromInt32(5432)}}
	state := &cluster.State{Pods: []*cluster.Pod{pod("web", "10.0.0.1"), pod("ledger", "10.0.0.2"), pod("stray", "10.0.0.3")}, Services: []*corev1.Service{service}}
	declared := []scenario.Pair{{From: scenario.Ref{Namespace: "shop", Name: "web"}, To: scenario.Ref{Namespace: "shop", Name: "ledger"}, Port: 5432}}

	cases := map[string]struct{ policy, failure string }{
		"right":            {`{podSelector: {matchLabels: {app: ledger}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}`, ""},
		"too wide":         {`{podSelector: {matchLabels: {app: ledger}}, ingress: [{ports: [{port: 5432}]}]}`, "shop/stray -> shop/ledger:5432: undeclared"},
		"another port":     {`{podSelector: {matchLabels: {app: ledger}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]}`, "shop/web -> shop/ledger:5432: NetworkPolicies refuse it"},
		"for other pods":   {`{podSelector: {matchLabels: {app: web}}}`, "shop/stray -> shop/ledger:5432: undeclared"},
		"another caller":   {`{podSelector: {matchLabels: {app: ledger}}, ingress: [{from: [{podSelector: {matchLabels: {app: wbe}}}]}]}`, "shop/web -> shop/ledger:5432: NetworkPolicies refuse it"},
		"egress too tight": {`{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}`, "shop/web -> shop/ledger:5432: NetworkPolicies refuse it"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			policy := &networkingv1.NetworkPolicy{}
			policy.Namespace, policy.Name = "shop", "p"
			if err := yaml.UnmarshalStrict([]byte(c.policy), &policy.Spec); err != nil {
				t.Fatal(err)
			}
			m := &member{state: state, verdict: &apiserver.Verdict{}}
			m.verdict.Kubernetes = append(m.verdict.Kubernetes, policy)
			pairs, missing := traffic.AllPairs(state, declared)
			if len(pairs) != 3 || len(missing) != 0 {
				t.Fatalf("%d pairs, missing %v", len(pairs), missing)
			}
			result := networkPairs("pairs", m, pairs)
			text := strings.Join(result.Failures, "; ")
			if result.OK != (c.failure == "") || !strings.Contains(text, c.failure) {
				t.Errorf("OK %v, failures %q; want %q", result.OK, text, c.failure)
			}
		})
	}
}

// With `only`, each listed pair gets its own request: the same pair with declared requests and with others.
func TestOnlyNamedPairs(t *testing.T) {
	pod := func(name, address string) *cluster.Pod {
		return &cluster.Pod{Namespace: "shop", Name: name, Workload: name, Labels: map[string]string{"app": name}, Address: address, Ready: true}
	}
	service := &corev1.Service{}
	service.Namespace, service.Name = "shop", "ledger"
	service.Spec.Selector = map[string]string{"app": "ledger"}
	service.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(8080)}}
	state := &cluster.State{Pods: []*cluster.Pod{pod("web", "10.0.0.1"), pod("ledger", "10.0.0.2"), pod("stray", "10.0.0.3")}, Services: []*corev1.Service{service}}
	pair := func(path string) scenario.Pair {
		return scenario.Pair{From: scenario.Ref{Namespace: "shop", Name: "web"}, To: scenario.Ref{Namespace: "shop", Name: "ledger"}, Port: 80, Path: path}
	}
	unknown := pair("/")
	unknown.From.Name = "unknown"
	pairs, missing := traffic.Asked(state, &scenario.Pairs{Only: true, Declared: []scenario.Pair{pair("/a")}, Refused: []scenario.Pair{pair("/b"), unknown}})
	if len(pairs) != 2 || len(missing) != 1 || !strings.Contains(missing[0], "shop/unknown -> shop/ledger:80") {
		t.Fatalf("%v, missing %v", pairs, missing)
	}
	if text := pairs[0].String() + ", " + pairs[1].String(); text != "shop/web -> shop/ledger:80  /a, shop/web -> shop/ledger:80  /b" || pairs[0].Declared == nil || pairs[1].Declared != nil {
		t.Errorf("%s", text)
	}
}
