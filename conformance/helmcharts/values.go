package helmcharts

import (
	"encoding/json"
	"fmt"

	"istio.io/istio/operator/pkg/apis"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/validation/agent"
	"istio.io/istio/pkg/util/protomarshal"
	sigsyaml "sigs.k8s.io/yaml"
)

// checkValues checks the values of a release: the charts base and istiod against the schema that istioctl
// uses, and the mesh configuration against its own. The chart of gateways has a schema that Helm checks.
func checkValues(r Release) error {
	if r.Chart == "gateway" {
		return nil
	}
	text, err := json.Marshal(r.Values)
	if err != nil {
		return err
	}
	if err := protomarshal.UnmarshalString(string(text), &apis.Values{}); err != nil {
		return fmt.Errorf("the values do not fit the chart %s: %w", r.Chart, err)
	}
	config, ok := r.Values["meshConfig"]
	if !ok {
		return nil
	}
	text, err = sigsyaml.Marshal(config)
	if err != nil {
		return err
	}
	// Istio itself ignores unknown fields.
	if err := protomarshal.ApplyYAMLStrict(string(text), mesh.DefaultMeshConfig()); err != nil {
		return fmt.Errorf("meshConfig: %w", err)
	}
	applied, err := mesh.ApplyMeshConfig(string(text), mesh.DefaultMeshConfig())
	if err != nil {
		return fmt.Errorf("meshConfig: %w", err)
	}
	warning, err := agent.ValidateMeshConfig(applied)
	if err != nil {
		return fmt.Errorf("meshConfig: %w", err)
	}
	if warning != nil {
		return fmt.Errorf("meshConfig draws a warning: %w", warning)
	}
	return nil
}
