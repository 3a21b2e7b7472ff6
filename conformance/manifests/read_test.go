package manifests

import (
	"errors"
	"strings"
	"testing"
)

const two = `# a comment
apiVersion: v1
kind: Service
metadata: {name: a, namespace: x}
spec:
  ports:
    - name: http
      port: 80
---
apiVersion: v1
kind: Namespace
metadata:
  name: x
`

func TestParseRemembersLines(t *testing.T) {
	objects, err := Parse("f.yaml", two, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) != 2 {
		t.Fatalf("got %d objects", len(objects))
	}
	if got := objects[0].Where(); got != "f.yaml:2" {
		t.Errorf("first object at %s", got)
	}
	if got := objects[1].Where(); got != "f.yaml:10" {
		t.Errorf("second object at %s", got)
	}
	if got := objects[0].LineOf("spec.ports[0].port"); got != 8 {
		t.Errorf("port on line %d", got)
	}
	if got := objects[0].LineOf("spec.missing.deeper"); got != 5 {
		t.Errorf("missing field points to line %d, want its parent's", got)
	}
	if port, _, _ := unstructuredPort(objects[0]); port != 80 {
		t.Errorf("port %v", port)
	}
}

func unstructuredPort(o *Object) (int64, bool, error) {
	p := o.Object["spec"].(map[string]any)["ports"].([]any)[0].(map[string]any)["port"]
	n, ok := p.(int64)
	return n, ok, nil
}

func TestBadInputNamesFileAndLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not yaml":     {"apiVersion: v1\nkind: Service\nmetadata:\n\tname: a\n", "f.yaml:4: does not parse"},
		"duplicate":    {"apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  name: b\n", `f.yaml:5: field "name" was already given on line 4`},
		"no kind":      {"---\napiVersion: v1\n", "f.yaml:2: a manifest must have apiVersion and kind"},
		"no name":      {"apiVersion: v1\nkind: Service\n", "f.yaml:1: Service has no metadata.name"},
		"a list":       {"- a\n- b\n", "f.yaml:1: a manifest must be a map"},
		"second, line": {"apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\na: [1\n", "f.yaml:"},
	} {
		_, err := Parse("f.yaml", c.text, 1)
		var bad *BadInput
		if !errors.As(err, &bad) {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		if !strings.HasPrefix(bad.Error(), c.want) {
			t.Errorf("%s: got %q, want %q…", name, bad.Error(), c.want)
		}
	}
}
