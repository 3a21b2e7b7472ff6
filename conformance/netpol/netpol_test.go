package netpol

import (
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

func pod(namespace, app, address string) *Pod {
	return &Pod{
		Namespace: namespace, Name: app, Labels: map[string]string{"app": app}, Address: netip.MustParseAddr(address), Ports: map[string]int32{"http": 8080},
	}
}

var (
	web    = pod("shop", "web", "10.0.0.1")
	ledger = pod("shop", "ledger", "10.0.0.2")
	bank   = pod("bank", "web", "10.0.1.1")
)

// The semantics of NetworkPolicies, case by case, from the documentation of the API.
func TestAllows(t *testing.T) {
	cases := []struct {
		name     string
		policies []string
		from, to *Pod
		port     int32
		protocol corev1.Protocol
		want     bool
	}{
		{"without a policy everything passes", nil, web, ledger, 5432, corev1.ProtocolTCP, true},
		{"a policy without rules refuses", []string{`{podSelector: {}}`}, web, ledger, 5432, corev1.ProtocolTCP, false},
		{"a policy of another namespace selects no pod here", []string{`bank {podSelector: {}}`}, web, ledger, 5432, corev1.ProtocolTCP, true},
		{"a policy for other pods selects no pod here", []string{`{podSelector: {matchLabels: {app: other}}}`}, web, ledger, 5432, corev1.ProtocolTCP, true},
		{"without types it is about ingress alone", []string{`{podSelector: {matchLabels: {app: web}}}`}, web, ledger, 5432, corev1.ProtocolTCP, true},
		{"rules for egress make it about egress", []string{`{podSelector: {matchLabels: {app: web}}, egress: [{ports: [{port: 80}]}]}`}, web, ledger, 5432, corev1.ProtocolTCP, false},
		{"the caller's egress counts", []string{`{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}`}, web, ledger, 5432, corev1.ProtocolTCP, false},
		{"a peer by labels, in the policy's namespace", []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`}, web, ledger, 5432, corev1.ProtocolTCP, true},
		{"the same labels in another namespace", []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`}, bank, ledger, 5432, corev1.ProtocolTCP, false},
		{"a namespace by its name", []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: bank}}}]}]}`}, bank, ledger, 5432, corev1.ProtocolTCP, true},
		{"a namespace by its labels, and pods in it", []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {app: api}}}]}]}`}, bank, ledger, 5432, corev1.ProtocolTCP, false},
		{"two peers: one is enough", []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}, {podSelector: {matchLabels: {app: api}}}]}]}`}, bank, ledger, 5432, corev1.ProtocolTCP, true},
		{"another port", []string{`{podSelector: {}, ingress: [{ports: [{port: 5433}]}]}`}, web, ledger, 5432, corev1.ProtocolTCP, false},
		{"a range of ports", []string{`{podSelector: {}, ingress: [{ports: [{port: 5000, endPort: 6000}]}]}`}, web, ledger, 5432, corev1.ProtocolTCP, true},
		{"a port by name", []string{`{podSelector: {}, ingress: [{ports: [{port: http}]}]}`}, web, ledger, 8080, corev1.ProtocolTCP, true},
		{"another protocol", []string{`{podSelector: {}, ingress: [{ports: [{port: 53, protocol: UDP}]}]}`}, web, ledger, 53, corev1.ProtocolTCP, false},
		{"a protocol alone", []string{`{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}`}, web, ledger, 53, corev1.ProtocolUDP, true},
		{"a block of addresses", []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24}}]}]}`}, web, ledger, 5432, corev1.ProtocolTCP, true},
		{"a block but for some", []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24, except: [10.0.0.1/32]}}]}]}`}, web, ledger, 5432, corev1.ProtocolTCP, false},
		{"policies add up", []string{`{podSelector: {}}`, `{podSelector: {matchLabels: {app: ledger}}, ingress: [{ports: [{port: 5432}]}]}`}, web, ledger, 5432, corev1.ProtocolTCP, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			all := &Policies{Namespaces: map[string]map[string]string{"bank": {"team": "x"}}}
			for _, text := range c.policies {
				policy := &networkingv1.NetworkPolicy{}
				policy.Namespace, policy.Name = "shop", "p"
				if text[0] != '{' {
					policy.Namespace, text = text[:4], text[5:]
				}
				if err := yaml.UnmarshalStrict([]byte(text), &policy.Spec); err != nil {
					t.Fatal(err)
				}
				all.Policies = append(all.Policies, policy)
			}
			if got, err := all.Allows(c.from, c.to, c.port, c.protocol); err != nil || got != c.want {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}
}
