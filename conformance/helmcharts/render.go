// Package helmcharts renders Istio's own charts, as Helm would.
package helmcharts

import (
	"istio.io/istio/operator/pkg/helm"
	"istio.io/istio/operator/pkg/values"
)

// Render is a first try.
func Render(release, namespace, chart string, vals map[string]any) ([]string, error) {
	manifests, _, err := helm.Render(release, namespace, chart, values.Map{"spec": map[string]any{"values": vals}}, nil)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, m := range manifests {
		texts = append(texts, m.Content)
	}
	return texts, nil
}
