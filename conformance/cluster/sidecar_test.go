package cluster

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

func TestFile(t *testing.T) {
	s := &State{Objects: []runtime.Object{&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "client", Namespace: "shop"}, Data: map[string][]byte{"tls.crt": []byte("certificate")},
	}}}
	pod := &Pod{Namespace: "shop", Annotations: map[string]string{
		"sidecar.istio.io/userVolume":      `{"c":{"secret":{"secretName":"client"}}}`,
		"sidecar.istio.io/userVolumeMount": `{"c":{"mountPath":"/etc/istio/secrets/client","readOnly":true}}`,
	}}
	for path, want := range map[string]string{
		"/etc/istio/secrets/client/tls.crt": "certificate",
		"/etc/istio/secrets/client/tls.key": "",
		"/etc/istio/secrets/other/tls.crt":  "",
	} {
		if got := string(s.File(pod, path)); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := s.File(&Pod{Namespace: "shop"}, "/etc/istio/secrets/client/tls.crt"); got != nil {
		t.Errorf("a pod without annotations has a file: %q", got)
	}
	pod.Namespace = "other"
	if got := s.File(pod, "/etc/istio/secrets/client/tls.crt"); got != nil {
		t.Errorf("a pod has the Secret of another namespace: %q", got)
	}
}

func TestCapturesDNS(t *testing.T) {
	config := func(namespace string, spec map[string]any) *manifests.Object {
		return &manifests.Object{Unstructured: unstructured.Unstructured{Object: map[string]any{
			"kind": "ProxyConfig", "metadata": map[string]any{"namespace": namespace}, "spec": spec,
		}}}
	}
	on := map[string]any{"ISTIO_META_DNS_CAPTURE": "true"}
	pod := &Pod{Namespace: "shop"}
	for name, c := range map[string]struct {
		config *manifests.Object
		want   bool
	}{
		"of the namespace":     {config("shop", map[string]any{"environmentVariables": on}), true},
		"of another namespace": {config("other", map[string]any{"environmentVariables": on}), false},
		"of some of its pods":  {config("shop", map[string]any{"environmentVariables": on, "selector": map[string]any{}}), false},
		"without the setting":  {config("shop", map[string]any{}), false},
	} {
		if got := capturesDNS([]*manifests.Object{c.config}, pod); got != c.want {
			t.Errorf("a ProxyConfig %s: %v, want %v", name, got, c.want)
		}
	}
}
