package harness

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/mutants"
)

const app = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  selector: {app: cart}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers: [{name: cart, image: cart, ports: [{containerPort: 8080}]}]
`

const request = `version: 1
requests:
  - name: a call
    from: shop/cart
    url: http://cart/
    expect: {status: 200}
`

func example(t *testing.T, yaml, requests string) Example {
	t.Helper()
	dir := t.TempDir()
	e := Example{
		Name: "test", Manifests: filepath.Join(dir, "manifests"), Requests: filepath.Join(dir, "requests.yaml"),
		CRDs: []string{"../../imports/crds/cert-manager.io.yaml"},
	}
	if err := os.MkdirAll(e.Manifests, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{filepath.Join(e.Manifests, "app.yaml"): yaml, e.Requests: requests} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func TestGoodInputLoads(t *testing.T) {
	l, err := load(example(t, app, request), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.checkReferences(); err != nil {
		t.Error(err)
	}
	for _, m := range l.members {
		for _, f := range m.verdict.Findings {
			t.Error(f)
		}
	}
}

// Every kind of bad input names its file and line.
func TestBadInput(t *testing.T) {
	replace := func(text, old, with string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not in the text", old)
		}
		return strings.Replace(text, old, with, 1)
	}
	twoPods := app + `---
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: shop}
spec: {containers: [{name: a, image: a}]}
status: {podIP: 10.16.9.9}
---
apiVersion: v1
kind: Pod
metadata: {name: two, namespace: shop}
spec: {containers: [{name: a, image: a}]}
status: {podIP: 10.16.9.9}
`
	for name, c := range map[string]struct{ yaml, requests, want string }{
		"unknown caller":                {app, replace(request, "shop/cart", "shop/cat"), `requests.yaml:4: unknown workload "shop/cat"`},
		"unknown answerer":              {app, replace(request, "{status: 200}", "{to: shop/x}"), `requests.yaml:6: unknown workload "shop/x"`},
		"unknown in a split":            {app, replace(request, "{status: 200}", "\n      split: {shop/cart: 50, shop/y: 50}"), `requests.yaml:7: unknown workload "shop/y"`},
		"unknown host":                  {app, replace(request, "//cart/", "//basket/"), `requests.yaml:5: unknown host "basket"`},
		"unknown field":                 {app, replace(request, "expect:", "expects:"), `requests.yaml:6: unknown field "expects" (in request)`},
		"unknown machine":               {app, replace(request, "shop/cart", "outside/bank"), `requests.yaml:4: unknown outside machine "bank"`},
		"unknown cluster":               {app, replace(request, "shop/cart", "west:shop/cart"), `requests.yaml:4: unknown cluster "west"`},
		"no version":                    {app, replace(request, "version: 1", "version: 2"), "requests.yaml:1: `version: 1` is needed, got 2"},
		"nothing expected":              {app, replace(request, "{status: 200}", "{}"), `requests.yaml:3: request "a call" expects nothing`},
		"shares":                        {app, replace(request, "{status: 200}", "{split: {shop/cart: 50}}"), `requests.yaml:3: request "a call": the shares of its split add up to 50`},
		"does not parse":                {replace(app, "spec:\n  selector: {app: cart}", "spec:\n  selector: {app: cart"), request, "app.yaml:"},
		"no containers":                 {replace(app, "containers: [{name: cart, image: cart, ports: [{containerPort: 8080}]}]", "containers: []"), request, "app.yaml:19: Deployment/shop/cart has no containers"},
		"one address":                   {twoPods, request, "app.yaml:28: pod shop/two and pod shop/one have one address, 10.16.9.9"},
		"count too small":               {app, replace(request, "expect: {status: 200}", "count: 50\n    expect: {split: {shop/cart: 100}}"), `requests.yaml:3: request "a call": count 50 is too small for its shares, which take `},
		"no manifests":                  {"# nothing yet\n", request, "manifests: holds no manifests: not one object in its file"},
		"twice":                         {app + "---\n" + app, request, "app.yaml:22: Namespace/shop was already given"},
		"public host of what is inside": {app, "world: {publicHosts: [{service: shop/cart, hosts: [a.example.com]}]}\n" + request, `requests.yaml:1: Service "shop/cart" is reachable from inside its cluster only (type ClusterIP)`},
		"public host of nothing":        {app, "world: {publicHosts: [{service: shop/x, hosts: [a.example.com]}]}\n" + request, `requests.yaml:1: unknown Service "shop/x"`},
		"level of Pod Security":         {app, "podSecurity: {strict: [shop]}\n" + request, `requests.yaml:1: unknown field "strict" (in podsecurity)`},
		"mesh":                          {app, "mesh: {nonsense: 1}\n" + request, "requests.yaml:1: `mesh`"},
	} {
		e := example(t, c.yaml, c.requests)
		l, err := load(e, nil)
		if err == nil {
			err = l.checkReferences()
		}
		var bad *manifests.BadInput
		if !errors.As(err, &bad) {
			t.Errorf("%s: got %v, want bad input", name, err)
			continue
		}
		if got := filepath.Base(bad.File) + strings.TrimPrefix(bad.Error(), bad.File); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %q, want %q…", name, got, c.want)
		}
	}
}

func TestCountThatIsEnoughForASplitIsUsed(t *testing.T) {
	l, err := load(example(t, app, strings.Replace(request, "expect: {status: 200}", "count: 20000\n    expect: {split: {shop/cart: 100}}", 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.checkReferences(); err != nil {
		t.Error(err)
	}
}

func TestUnusedAllowanceFails(t *testing.T) {
	e := example(t, app, strings.Replace(request, "requests:", "allow:\n  - { code: IST9999, object: Service/shop/cart, reason: r }\nrequests:", 1))
	l, err := load(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	messages, err := l.istio()
	if err != nil {
		t.Fatal(err)
	}
	last := messages[len(messages)-1]
	if last.Allowed != "" || last.Where != e.Requests+":3" || !strings.Contains(last.Message, "IST9999 for Service/shop/cart") {
		t.Errorf("%+v", last)
	}
}

func bookinfo() Example {
	return Example{Name: "bookinfo", Manifests: "../../examples/bookinfo/manifests", Requests: "../../examples/bookinfo/requests.yaml"}
}

func TestBookinfoIsAcceptedByAPIServerAndIstioctl(t *testing.T) {
	l, err := load(bookinfo(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.checkReferences(); err != nil {
		t.Fatal(err)
	}
	for _, f := range l.members[0].verdict.Findings {
		t.Error(f)
	}
	messages, err := l.istio()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		t.Error(m)
	}
	if n := len(l.file.Requests); n < 14 {
		t.Errorf("bookinfo has %d requests", n)
	}
}

// The mutants' own test: each finds what it changes; those that a schema can catch are caught without traffic.
func TestMutantsChangeBookinfo(t *testing.T) {
	if len(mutants.All) < 14 {
		t.Fatalf("%d mutants", len(mutants.All))
	}
	schema := map[string]string{"unknown-field": "unknown field", "cel-rule": "portLevelMtls requires selector", "selector-and-labels": "`selector` does not match template `labels`"}
	for _, m := range mutants.All {
		l, err := load(bookinfo(), m.Apply)
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		found := ""
		for _, f := range l.members[0].verdict.Findings {
			found += f.String()
		}
		if want := schema[m.Name]; (want == "") != (found == "") || !strings.Contains(found, want) {
			t.Errorf("%s: the API server says %q, want %q", m.Name, found, want)
		}
	}
}
