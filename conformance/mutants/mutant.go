// Package mutants changes valid manifests in one place each, to show that the
// harness detects it. It finds objects by kind and purpose,
// not by their names.
package mutants

import (
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// Mutant is one change.
type Mutant struct {
	Name, What string
	// Caught are the checks that detect it, in order, with a detail where that helps. A run of the mutants requires
	// exactly these.
	Caught string
	// change edits the first object that it accepts; remove takes that object away instead.
	finds  func(o *manifests.Object) bool
	change func(o *manifests.Object)
	remove bool
}

var aside = regexp.MustCompile(` \([^)]*\)|:.*$`)

// Stages are the checks of Caught alone.
func (m *Mutant) Stages() string { return aside.ReplaceAllString(m.Caught, "") }

// Table is the table of mutants and checks in docs/conformance.md.
func Table() string {
	var b strings.Builder
	b.WriteString("| mutant | caught at |\n|---|---|\n")
	missed := 0
	for _, m := range All {
		fmt.Fprintf(&b, "| %s | %s |\n", m.What, m.Caught)
		if !strings.Contains(m.Caught, "istioctl") {
			missed++
		}
	}
	fmt.Fprintf(&b, "\n`istioctl validate` and `analyze` alone would have let %d of these %d pass.\n", missed, len(All))
	return b.String()
}

// Find by name.
func Find(name string) *Mutant {
	for _, m := range All {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Apply makes the change on a copy. It is an error if there is no object to change: the mutant would prove nothing.
func (m *Mutant) Apply(objects []*manifests.Object) ([]*manifests.Object, error) {
	var out []*manifests.Object
	done := false
	for _, o := range objects {
		if done || !m.finds(o) {
			out = append(out, o)
			continue
		}
		done = true
		if m.remove {
			continue
		}
		changed := o.Copy()
		m.change(changed)
		if err := changed.Rewrite(); err != nil {
			return nil, fmt.Errorf("mutant %s: %w", m.Name, err)
		}
		if changed.Text == rewritten(o) {
			return nil, fmt.Errorf("mutant %s changed nothing in %s", m.Name, o.ID())
		}
		out = append(out, changed)
	}
	if !done {
		return nil, fmt.Errorf("mutant %s found no object to change", m.Name)
	}
	return out, nil
}

func rewritten(o *manifests.Object) string {
	c := o.Copy()
	if c.Rewrite() != nil {
		return ""
	}
	return c.Text
}

// Conditions that find an object.

func kind(group, kind string) func(*manifests.Object) bool {
	return func(o *manifests.Object) bool { return o.IsKind(group, kind) }
}

func both(a, b func(*manifests.Object) bool) func(*manifests.Object) bool {
	return func(o *manifests.Object) bool { return a(o) && b(o) }
}

// forService: a Service, or a rule whose host is that Service.
func forService(name string) func(*manifests.Object) bool {
	return func(o *manifests.Object) bool {
		if o.GetKind() == "Service" {
			return o.GetName() == name
		}
		if host, _, _ := unstructured.NestedString(o.Object, "spec", "host"); host == name || strings.HasPrefix(host, name+".") {
			return true
		}
		hosts, _, _ := unstructured.NestedStringSlice(o.Object, "spec", "hosts")
		for _, h := range hosts {
			if h == name || strings.HasPrefix(h, name+".") {
				return true
			}
		}
		return false
	}
}

// atGateway: a VirtualService that is bound to a gateway.
func atGateway(o *manifests.Object) bool {
	gateways, _, _ := unstructured.NestedStringSlice(o.Object, "spec", "gateways")
	return len(gateways) > 0 && gateways[0] != "mesh"
}

// pod: a workload whose pods carry these labels.
func pod(app, version string) func(*manifests.Object) bool {
	return func(o *manifests.Object) bool {
		labels, _, _ := unstructured.NestedStringMap(o.Object, "spec", "template", "metadata", "labels")
		return o.GetKind() == "Deployment" && labels["app"] == app && labels["version"] == version
	}
}

// Functions that edit an object.

// list edits a list of objects in place.
func list(o *manifests.Object, edit func(items []any) []any, path ...string) {
	items, _, _ := unstructured.NestedSlice(o.Object, path...)
	_ = unstructured.SetNestedSlice(o.Object, edit(items), path...)
}

// entry edits the n-th object of a list.
func entry(o *manifests.Object, n int, edit func(item map[string]any), path ...string) {
	list(o, func(items []any) []any {
		if n < len(items) {
			edit(items[n].(map[string]any))
		}
		return items
	}, path...)
}

func set(o *manifests.Object, value any, path ...string) {
	_ = unstructured.SetNestedField(o.Object, value, path...)
}

// routes edits the destinations of the first HTTP route that has several.
func splitRoute(o *manifests.Object, edit func(route map[string]any, destinations []any)) {
	list(o, func(items []any) []any {
		for _, item := range items {
			route := item.(map[string]any)
			if destinations, _ := route["route"].([]any); len(destinations) > 1 {
				edit(route, destinations)
				break
			}
		}
		return items
	}, "spec", "http")
}
