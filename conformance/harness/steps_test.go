package harness

import (
	"slices"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

func parse(t *testing.T, text string) []*manifests.Object {
	t.Helper()
	objects, err := manifests.Parse("a.yaml", text, 1)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// Objects come in file order; one that the cluster has in the same form is left out, one of another group is another object.
func TestOneByOne(t *testing.T) {
	const (
		second = "{apiVersion: v1, kind: ConfigMap, metadata: {name: second}, data: {a: '1'}}\n"
		first  = "{apiVersion: v1, kind: ConfigMap, metadata: {name: first}, data: {a: '1'}}\n"
		same   = "{apiVersion: v1, kind: Service, metadata: {name: same, namespace: shop}}\n"
		other  = "{apiVersion: example.com/v1, kind: Service, metadata: {name: same, namespace: shop}}\n"
	)
	before := parse(t, same+"---\n"+"{apiVersion: v1, kind: ConfigMap, metadata: {name: first}, data: {a: '0'}}\n")
	var got [][]string
	for _, state := range oneByOne(before, parse(t, second+"---\n"+same+"---\n"+first+"---\n"+other)) {
		var names []string
		for _, o := range state {
			data, _ := o.Object["data"].(map[string]any)
			value, _ := data["a"].(string)
			names = append(names, o.GetAPIVersion()+" "+o.GetName()+" "+value)
		}
		got = append(got, names)
	}
	want := [][]string{
		{"v1 same ", "v1 first 0", "v1 second 1"},
		{"v1 same ", "v1 first 1", "v1 second 1"},
		{"v1 same ", "v1 first 1", "v1 second 1", "example.com/v1 same "},
	}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %q, want %q", got, want)
	}
	if states := oneByOne(before, before); len(states) != 0 {
		t.Errorf("%d states of objects that are all there", len(states))
	}
}
