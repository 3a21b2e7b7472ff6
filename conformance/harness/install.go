package harness

import (
	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/helmcharts"
)

// install adds what Istio's charts would make, where the manifests ask for them: gateways that run, and the configuration of the mesh
// under what requests.yaml says of it. Identities stay those of the run's own authority, whatever the trust domain, and stock Envoy
// measures nothing of Istio's.
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
