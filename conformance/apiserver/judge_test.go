package apiserver

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

func judge(t *testing.T, text string) *Verdict {
	t.Helper()
	objects, err := manifests.Parse("f.yaml", text, 1)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Judge(objects, nil, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown field, custom":    {"apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: x}\nspec:\n  selectors: {a: b}\n", "f.yaml:5: Gateway/x/g: spec.selectors: Forbidden: unknown field"},
		"wrong type, custom":       {"apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: x}\nspec:\n  servers:\n    - port: {number: eighty, name: h, protocol: HTTP}\n      hosts: [a]\n", "f.yaml:6: Gateway/x/g: spec.servers[0].port.number: "},
		"enum, custom":             {"apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: x}\nspec:\n  mtls: {mode: STRIKT}\n", "f.yaml:5: PeerAuthentication/x/p: spec.mtls.mode: Unsupported value"},
		"CEL":                      {"apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: x}\nspec:\n  portLevelMtls: {\"80\": {mode: STRICT}}\n", "portLevelMtls requires selector"},
		"no such version":          {"apiVersion: networking.istio.io/v7\nkind: Gateway\nmetadata: {name: g, namespace: x}\n", "kind Gateway of networking.istio.io/v7 is not known"},
		"unknown field, core":      {"apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: x}\nspec:\n  selectr: {a: b}\n  ports: [{port: 80}]\n", `f.yaml:5: Service/x/s: unknown field "spec.selectr"`},
		"port syntax":              {"apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: x}\nspec:\n  ports:\n    - port: 80000\n", "must be between 1 and 65535"},
		"port name":                {"apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: x}\nspec:\n  ports:\n    - {name: HTTP_web, port: 80}\n", "a lowercase RFC 1123 label"},
		"name":                     {"apiVersion: v1\nkind: Service\nmetadata: {name: S_s, namespace: x}\nspec: {ports: [{port: 80}]}\n", "RFC 1123 label"},
		"label":                    {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s, namespace: x, labels: {a: 'not ok'}}\n", "a valid label must be"},
		"selector and labels":      {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: x}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: c}}\n    spec: {containers: [{name: a, image: a}]}\n", "`selector` does not match template `labels`"},
		"namespace does not exist": {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: nowhere}\n", `f.yaml:3: ConfigMap/nowhere/c: namespace "nowhere" is not among the manifests`},
	} {
		v := judge(t, c.text)
		if len(v.Findings) == 0 {
			t.Errorf("%s: accepted", name)
			continue
		}
		if got := v.Findings[0].String(); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want …%q", name, got, c.want)
		}
		if len(v.Kubernetes)+len(v.Custom) != 0 {
			t.Errorf("%s: is in the verdict anyway", name)
		}
	}
}

func TestDefaults(t *testing.T) {
	v := judge(t, `apiVersion: v1
kind: Service
metadata: {name: s, namespace: x}
spec: {clusterIP: None, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: x}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: a, image: a}]}
`)
	for _, f := range v.Findings {
		t.Error(f)
	}
	if p := v.Kubernetes[0].(*corev1.Service).Spec.Ports[0]; p.TargetPort.IntVal != 80 || p.Protocol != corev1.ProtocolTCP {
		t.Errorf("port is %+v", p)
	}
	if n := v.Kubernetes[1].(*appsv1.Deployment).Spec.Replicas; n == nil || *n != 1 {
		t.Errorf("replicas %v", n)
	}
}
