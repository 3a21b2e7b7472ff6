// Package inject runs Istio's injector: pods as the webhook returns them to the API server, from the templates and
// the default values of the pinned charts.
package inject

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	sigsyaml "sigs.k8s.io/yaml"

	"istio.io/api/annotation"
	meshconfig "istio.io/api/mesh/v1alpha1"
	istiomanifests "istio.io/istio/manifests"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/kube/inject"
	"istio.io/istio/pkg/util/protomarshal"

	"github.com/cdk8s-istio/cdk8s-istio/conformance"
)

const chart = "charts/istio-control/istio-discovery/"

// files are the templates by the names that `inject.istio.io/templates` may list.
var files = map[string]string{
	"sidecar": "injection-template.yaml", "gateway": "gateway-injection-template.yaml",
	"grpc-simple": "grpc-simple.yaml", "grpc-agent": "grpc-agent.yaml",
}

// Injector is the webhook of one cluster.
type Injector struct {
	mesh      *meshconfig.MeshConfig
	templates inject.Templates
	values    inject.ValuesConfig
}

// Workload is what owns a pod.
type Workload struct{ Kind, APIVersion, Namespace, Name string }

// New has the templates of the charts. Sidecars are those of an installation with Istio's CNI plugin: no other sidecar can run if Pod
// Security is enforced, and the rest of the pod is the same.
func New(mesh *meshconfig.MeshConfig) (*Injector, error) {
	charts, err := charts()
	return &Injector{mesh: mesh, templates: charts.templates, values: charts.values}, err
}

type chartParts struct {
	templates inject.Templates
	values    inject.ValuesConfig
}

// charts reads the charts, once.
var charts = sync.OnceValues(func() (parts chartParts, err error) {
	raw := inject.RawTemplates{}
	for name, file := range files {
		text, err := fs.ReadFile(istiomanifests.FS, chart+"files/"+file)
		if err != nil {
			return parts, err
		}
		raw[name] = string(text)
	}
	if parts.templates, err = inject.ParseTemplates(raw); err != nil {
		return parts, err
	}
	values, err := chartValues()
	if err != nil {
		return parts, err
	}
	parts.values, err = inject.NewValuesConfig(values)
	return parts, err
})

// chartValues are the values that the chart passes to the injector (istiod-injector-configmap.yaml).
func chartValues() (string, error) {
	text, err := fs.ReadFile(istiomanifests.FS, chart+"values.yaml")
	if err != nil {
		return "", err
	}
	all := struct {
		Values map[string]any `json:"_internal_defaults_do_not_set"`
	}{}
	if err := sigsyaml.Unmarshal(text, &all); err != nil {
		return "", err
	}
	v := all.Values
	v["global"].(map[string]any)["tag"] = conformance.IstioVersion
	picked, err := json.Marshal(map[string]any{
		"global": v["global"], "sidecarInjectorWebhook": v["sidecarInjectorWebhook"], "revision": v["revision"],
		"pilot":    map[string]any{"cni": map[string]any{"enabled": true, "provider": "default"}, "env": v["env"]},
		"gateways": v["gateways"],
	})
	return string(picked), err
}

// Inject renders a pod template. An error is what the webhook would answer: the pod is then refused.
func (i *Injector) Inject(w Workload, template corev1.PodTemplateSpec) (out corev1.PodTemplateSpec, err error) {
	defer func() {
		if r := recover(); r != nil { // a template with unexpected input
			err = fmt.Errorf("%v", r)
		}
	}()
	in := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: w.APIVersion, Kind: w.Kind},
		ObjectMeta: metav1.ObjectMeta{Namespace: w.Namespace, Name: w.Name},
		Spec:       appsv1.DeploymentSpec{Template: *template.DeepCopy()},
	}
	if in.Spec.Template.Annotations == nil {
		in.Spec.Template.Annotations = map[string]string{}
	}
	// The caller has decided to inject this pod. The code expects this label.
	asked, had := in.Spec.Template.Labels[injectLabel]
	if in.Spec.Template.Labels == nil {
		in.Spec.Template.Labels = map[string]string{}
	}
	in.Spec.Template.Labels[injectLabel] = "true"
	done, err := inject.IntoObject(nil, i.templates, i.values, "", i.mesh, in, func(string) {})
	if err != nil {
		return template, fmt.Errorf("%s", strings.TrimSpace(err.Error()))
	}
	out = done.(*appsv1.Deployment).Spec.Template
	if delete(out.Labels, injectLabel); had {
		out.Labels[injectLabel] = asked
	}
	return out, nil
}

const injectLabel = "sidecar.istio.io/inject"

// ProxyConfig is the configuration that the agent of a pod with these annotations sends to istiod: the defaults of the mesh and the
// annotation `proxy.istio.io/config` over them.
func (i *Injector) ProxyConfig(annotations map[string]string) (*meshconfig.ProxyConfig, error) {
	own, ok := annotations[annotation.ProxyConfig.Name]
	if !ok {
		return i.mesh.GetDefaultConfig(), nil
	}
	applied, err := mesh.ApplyProxyConfig(own, i.mesh)
	if err != nil {
		return nil, err
	}
	return applied.GetDefaultConfig(), nil
}

// Metadata is the part of a proxy's metadata that comes from its ProxyConfig: the whole of it, and each variable of its
// `proxyMetadata` that begins with ISTIO_META_.
func (i *Injector) Metadata(annotations map[string]string) (map[string]any, error) {
	config, err := i.ProxyConfig(annotations)
	if err != nil {
		return nil, err
	}
	text, err := protomarshal.Marshal(config)
	if err != nil {
		return nil, err
	}
	m := map[string]any{"PROXY_CONFIG": json.RawMessage(text)}
	for name, value := range config.GetProxyMetadata() {
		if key, ok := strings.CutPrefix(name, "ISTIO_META_"); ok {
			m[key] = value
		}
	}
	return m, nil
}
