package inject

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"istio.io/istio/pkg/config/mesh"
)

func injector(t *testing.T) *Injector {
	t.Helper()
	i, err := New(mesh.DefaultMeshConfig())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

var workload = Workload{Kind: "Deployment", APIVersion: "apps/v1", Namespace: "shop", Name: "edge"}

func template(annotations map[string]string, containers ...corev1.Container) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "edge"}, Annotations: annotations},
		Spec:       corev1.PodSpec{Containers: containers},
	}
}

func TestGatewayTemplateFillsTheProxyContainer(t *testing.T) {
	out, err := injector(t).Inject(workload, template(map[string]string{"inject.istio.io/templates": "gateway"},
		corev1.Container{Name: "istio-proxy", Image: "auto", Ports: []corev1.ContainerPort{{ContainerPort: 8080}}}))
	if err != nil {
		t.Fatal(err)
	}
	c := out.Spec.Containers
	if len(c) != 1 || c[0].Name != "istio-proxy" || c[0].Image == "auto" || strings.Join(c[0].Args[:2], " ") != "proxy router" {
		t.Errorf("containers: %+v", c)
	}
	if len(c[0].Ports) != 2 || c[0].SecurityContext == nil || *c[0].SecurityContext.RunAsUser != 1337 {
		t.Errorf("container: %+v", c[0])
	}
	if len(out.Spec.SecurityContext.Sysctls) != 1 {
		t.Errorf("sysctls: %+v", out.Spec.SecurityContext)
	}
	if _, ok := out.Labels[injectLabel]; ok || out.Labels["app"] != "edge" {
		t.Errorf("labels: %v", out.Labels)
	}
}

func TestSidecarTemplateAddsAContainer(t *testing.T) {
	out, err := injector(t).Inject(workload, template(nil, corev1.Container{Name: "app", Image: "app"}))
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, c := range append(out.Spec.InitContainers, out.Spec.Containers...) {
		names += c.Name + " "
		if c.SecurityContext != nil && c.SecurityContext.Capabilities != nil && len(c.SecurityContext.Capabilities.Add) > 0 {
			t.Errorf("%s has capabilities: the sidecar is not that of a CNI installation", c.Name)
		}
	}
	if !strings.Contains(names, "istio-proxy") || !strings.Contains(names, "app") {
		t.Errorf("containers: %s", names)
	}
}

func TestRefusals(t *testing.T) {
	for name, annotations := range map[string]map[string]string{
		"no such template": {"inject.istio.io/templates": "gatway"},
		"annotation":       {"traffic.sidecar.istio.io/includeOutboundIPRanges": "everything"},
		"proxy config":     {"proxy.istio.io/config": "drainDuration: soon"},
	} {
		if _, err := injector(t).Inject(workload, template(annotations, corev1.Container{Name: "a", Image: "a"})); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMetadata(t *testing.T) {
	m, err := injector(t).Metadata(map[string]string{"proxy.istio.io/config": "gatewayTopology: {numTrustedProxies: 2}\nproxyMetadata: {ISTIO_META_DNS_CAPTURE: \"true\", OTHER: x}\n"})
	if err != nil {
		t.Fatal(err)
	}
	if m["DNS_CAPTURE"] != "true" || len(m) != 2 {
		t.Errorf("metadata: %v", m)
	}
}
