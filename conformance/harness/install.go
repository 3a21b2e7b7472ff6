package harness

import (
	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/helmcharts"
)

// install adds the objects of Istio's charts that the manifests install: running gateways, and the mesh configuration
// beneath that of requests.yaml. Identities stay those of the authority of the run, whatever the trust domain. Stock Envoy
// has none of Istio's metrics.
func (m *member) install() error {
	installed, err := helmcharts.Install(m.objects)
	if err != nil {
		return err
	}
	for _, r := range installed.Refused {
		m.refused = append(m.refused, apiserver.Finding{Object: r.Release.From.ID(), File: r.Release.From.File, Line: r.Line(), Message: r.Message})
	}
	for _, r := range installed.Releases {
		m.namespaces = append(m.namespaces, r.Namespace) // Flux and Argo CD make them
	}
	m.charts = installed.Objects
	if installed.Mesh != nil {
		delete(installed.Mesh, "trustDomain")
		if providers, ok := installed.Mesh["defaultProviders"].(map[string]any); ok {
			delete(providers, "metrics")
		}
		m.mesh = merged(installed.Mesh, m.mesh)
	}
	return nil
}
