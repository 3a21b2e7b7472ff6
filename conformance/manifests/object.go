// Package manifests reads folders of Kubernetes YAML as they were written and
// remembers, for every object, the file and line it came from.
package manifests

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	sigsyaml "sigs.k8s.io/yaml"
)

// Object is one YAML document of a manifest file.
type Object struct {
	unstructured.Unstructured
	File string
	Line int
	// Text is the document as written; the API server and istioctl read this, not a copy of what we understood.
	Text string
	node *yaml.Node
}

// Where returns file and line, as compilers print them.
func (o *Object) Where() string { return fmt.Sprintf("%s:%d", o.File, o.Line) }

// ID is kind/namespace/name: kind and name alone are not unique (a Service and a VirtualService may share a name).
func (o *Object) ID() string {
	ns := o.GetNamespace()
	if ns == "" {
		return o.GetKind() + "/" + o.GetName()
	}
	return o.GetKind() + "/" + ns + "/" + o.GetName()
}

// Group is the API group, empty for the core one.
func (o *Object) Group() string { return o.GroupVersionKind().Group }

// IsKind compares the kind and the API group's ending ("istio.io" matches networking.istio.io).
func (o *Object) IsKind(group, kind string) bool {
	if o.GetKind() != kind {
		return false
	}
	g := o.Group()
	return g == group || (group != "" && strings.HasSuffix(g, "."+group))
}

// LineOf is the line of a field given as path ("spec.http[0].route"), or of its nearest parent that exists.
func (o *Object) LineOf(path string) int {
	node := o.node
	if node == nil {
		return o.Line
	}
	line := o.Line
	for _, step := range splitPath(path) {
		next := child(node, step)
		if next == nil {
			break
		}
		node, line = next.value, o.Line+next.line-1
	}
	return line
}

type found struct {
	value *yaml.Node
	line  int
}

func child(node *yaml.Node, step string) *found {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return &found{node.Content[i+1], node.Content[i].Line}
			}
		}
	case yaml.SequenceNode:
		var index int
		if _, err := fmt.Sscanf(step, "%d", &index); err == nil && index >= 0 && index < len(node.Content) {
			return &found{node.Content[index], node.Content[index].Line}
		}
	}
	return nil
}

func splitPath(path string) []string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	var steps []string
	for _, step := range strings.Split(path, ".") {
		if step != "" {
			steps = append(steps, step)
		}
	}
	return steps
}

// Copy is deep: mutants change copies.
func (o *Object) Copy() *Object {
	return &Object{Unstructured: *o.Unstructured.DeepCopy(), File: o.File, Line: o.Line, Text: o.Text, node: o.node}
}

// Rewrite updates the text after a change of the content. Lines then count from the object's old first line.
func (o *Object) Rewrite() error {
	text, err := sigsyaml.Marshal(o.Object)
	if err != nil {
		return err
	}
	again, err := parseDocument(o.File, string(text), o.Line)
	if err != nil {
		return err
	}
	o.Text, o.node = again[0].Text, again[0].node
	return nil
}
