package helmcharts

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	sigsyaml "sigs.k8s.io/yaml"

	"istio.io/istio/operator/pkg/helm"
	"istio.io/istio/operator/pkg/values"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// Installed has the objects of the charts.
type Installed struct {
	Releases []Release
	Objects  []*manifests.Object
	// Mesh is the configuration that istiod would read; nil where no chart of istiod is installed.
	Mesh map[string]any
	// Refused are the releases that Helm or Istio refuses.
	Refused []Refusal
}

// Refusal is one release, and why.
type Refusal struct {
	Release Release
	Message string
}

// Line is where the values of the release stand.
func (r Refusal) Line() int { return r.Release.From.LineOf(r.Release.path) }

// Install renders every release of Istio's charts among the objects.
func Install(objects []*manifests.Object) (*Installed, error) {
	releases, err := Releases(objects)
	if err != nil {
		return nil, err
	}
	out := &Installed{Releases: releases}
	for _, r := range releases {
		made, err := render(r)
		if err == nil {
			err = checkValues(r)
		}
		if err != nil {
			out.Refused = append(out.Refused, Refusal{r, err.Error()})
			continue
		}
		for _, o := range made {
			if config, ok := meshConfig(o); ok && r.Chart == "istiod" {
				if err := sigsyaml.Unmarshal([]byte(config), &out.Mesh); err != nil {
					return nil, fmt.Errorf("%s: the configuration of the mesh: %w", r.From.ID(), err)
				}
			}
		}
		out.Objects = append(out.Objects, made...)
	}
	return out, nil
}

// render gives the objects of a chart. Definitions of Istio's own kinds are left out: the judge has the same ones.
func render(r Release) ([]*manifests.Object, error) {
	given := r.Values
	if given == nil {
		given = map[string]any{}
	}
	rendered, warnings, err := helm.Render(r.Name, r.Namespace, charts[r.Chart], values.Map{"spec": map[string]any{"values": given}}, nil)
	if err != nil {
		return nil, fmt.Errorf("the chart %s does not render: %w", r.Chart, err)
	}
	if err := warnings.ToError(); err != nil {
		return nil, fmt.Errorf("the chart %s warns: %w", r.Chart, err)
	}
	var all []*manifests.Object
	for _, m := range rendered {
		objects, err := manifests.Parse(fmt.Sprintf("%s (release %s)", r.From.File, r.Name), m.Content, 1)
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			if o.GetKind() != "CustomResourceDefinition" {
				all = append(all, o)
			}
		}
	}
	return all, nil
}

// meshConfig is the text of the configuration of the mesh, if the object holds it.
func meshConfig(o *manifests.Object) (string, bool) {
	if !o.IsKind("", "ConfigMap") || (o.GetName() != "istio" && !strings.HasPrefix(o.GetName(), "istio-")) {
		return "", false
	}
	text, ok, _ := unstructured.NestedString(o.Object, "data", "mesh")
	return text, ok
}
