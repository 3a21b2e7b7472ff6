// Package helmcharts installs Istio's charts: it finds the objects of Flux and Argo CD that install one, checks their values
// against Istio's schemas, and renders the pinned charts like Helm.
package helmcharts

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// charts are Istio's, by the names under which they are published, with their folders in Istio's module.
var charts = map[string]string{"base": "base", "istiod": "istio-control/istio-discovery", "gateway": "gateway", "cni": "istio-cni"}

// Release is a chart that an object installs.
type Release struct {
	Name, Namespace, Chart string
	Values                 map[string]any
	// After are the releases that must exist first.
	After []string
	From  *manifests.Object
	// path is where the values stand.
	path string
}

// Releases finds the releases of Istio's charts and ignores others.
func Releases(objects []*manifests.Object) ([]Release, error) {
	var all []Release
	for _, o := range objects {
		r := Release{From: o}
		text := func(path ...string) string {
			s, _, _ := unstructured.NestedString(o.Object, path...)
			return s
		}
		var values []string
		switch {
		case o.IsKind("helm.toolkit.fluxcd.io", "HelmRelease"):
			r.Name, r.Namespace, r.Chart = text("spec", "releaseName"), text("spec", "targetNamespace"), text("spec", "chart", "spec", "chart")
			values = []string{"spec", "values"}
			after, _, _ := unstructured.NestedSlice(o.Object, "spec", "dependsOn")
			for _, a := range after {
				name, _, _ := unstructured.NestedString(a.(map[string]any), "name")
				r.After = append(r.After, name)
			}
		case o.IsKind("argoproj.io", "Application"):
			r.Name, r.Namespace, r.Chart = text("spec", "source", "helm", "releaseName"), text("spec", "destination", "namespace"), text("spec", "source", "chart")
			values = []string{"spec", "source", "helm", "valuesObject"}
		}
		if charts[r.Chart] == "" {
			continue
		}
		if r.Name == "" || r.Namespace == "" {
			return nil, &manifests.BadInput{File: o.File, Line: o.Line, Message: fmt.Sprintf("%s says not where its chart is installed: it needs the name of a release and a namespace", o.ID())}
		}
		r.Values, _, _ = unstructured.NestedMap(o.Object, values...)
		for _, step := range values {
			r.path += "." + step
		}
		all = append(all, r)
	}
	return all, order(all)
}

// order refuses releases that would wait forever.
func order(all []Release) error {
	known := map[string]bool{}
	for _, r := range all {
		known[r.From.GetName()] = true
	}
	for _, r := range all {
		for _, name := range r.After {
			if !known[name] {
				return &manifests.BadInput{File: r.From.File, Line: r.From.LineOf(".spec.dependsOn"), Message: fmt.Sprintf("%s waits for %q, which is not installed", r.From.ID(), name)}
			}
		}
	}
	return nil
}
