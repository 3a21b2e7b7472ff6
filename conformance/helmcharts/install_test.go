package helmcharts

import (
	"strings"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

const istiod = `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: istiod, namespace: flux-system }
spec:
  releaseName: istiod
  targetNamespace: istio-system
  chart: { spec: { chart: istiod } }
  values:
    pilot: { autoscaleMin: 3, autoscaleMax: 9 }
    meshConfig: { trustDomain: example.com, outboundTrafficPolicy: { mode: REGISTRY_ONLY } }
`

const gateway = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: edge, namespace: argocd }
spec:
  destination: { namespace: edge }
  source: { chart: gateway, helm: { releaseName: istio-edge, valuesObject: { autoscaling: { minReplicas: 2 }, podDisruptionBudget: { maxUnavailable: 1 } } } }
`

func install(t *testing.T, text string) *Installed {
	t.Helper()
	objects, err := manifests.Parse("in.yaml", text, 1)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Install(objects)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestChartsAreRendered(t *testing.T) {
	out := install(t, istiod+"---"+gateway)
	ids := map[string]bool{}
	for _, o := range out.Objects {
		ids[o.ID()] = true
	}
	for _, id := range []string{
		"Deployment/istio-system/istiod", "HorizontalPodAutoscaler/istio-system/istiod", "PodDisruptionBudget/istio-system/istiod",
		"Deployment/edge/istio-edge", "PodDisruptionBudget/edge/istio-edge", "Service/edge/istio-edge",
	} {
		if !ids[id] {
			t.Errorf("no %s among %v", id, ids)
		}
	}
	if len(out.Refused) > 0 {
		t.Error(out.Refused)
	}
	if out.Mesh["trustDomain"] != "example.com" || out.Mesh["rootNamespace"] != "istio-system" {
		t.Errorf("the mesh is configured as %v", out.Mesh)
	}
}

func TestOthersChartsAreNotOurs(t *testing.T) {
	out := install(t, strings.ReplaceAll(istiod, "chart: istiod", "chart: redis"))
	if len(out.Objects) > 0 || out.Mesh != nil {
		t.Errorf("%v", out)
	}
}

func TestValuesThatDoNotFit(t *testing.T) {
	for _, c := range []struct{ text, old, new, message string }{
		{istiod, "autoscaleMin: 3", "autoscaleMinimum: 3", "autoscaleMinimum"},
		{istiod, "autoscaleMin: 3", "autoscaleMin: three", "do not fit the chart istiod"},
		{istiod, "trustDomain", "trustdomain", "trustdomain"},
		{istiod, "REGISTRY_ONLY", "NOTHING", "NOTHING"},
		{istiod, "example.com", "_", "trustDomain"},
		{gateway, "minReplicas: 2", "minReplicas: two", "minReplicas"},
		{gateway, "podDisruptionBudget", "disruptionBudget", "disruptionBudget"},
	} {
		out := install(t, strings.ReplaceAll(c.text, c.old, c.new))
		if len(out.Refused) != 1 || !strings.Contains(out.Refused[0].Message, c.message) {
			t.Errorf("%s instead of %s: %v", c.new, c.old, out.Refused)
		}
	}
}

func TestADependencyThatIsNot(t *testing.T) {
	objects, _ := manifests.Parse("in.yaml", strings.ReplaceAll(istiod, "  values:", "  dependsOn: [{ name: istio-base }]\n  values:"), 1)
	if _, err := Install(objects); err == nil || !strings.Contains(err.Error(), `waits for "istio-base"`) {
		t.Errorf("%v", err)
	}
}
