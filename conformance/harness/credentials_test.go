package harness

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const edge = `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
    - port: {number: 443, name: https, protocol: HTTPS}
      hosts: [a.example.com]
      tls: {mode: SIMPLE, credentialName: edge-cert}
`

func TestMissingSecretIsNamed(t *testing.T) {
	const world = "world: {gateways: [{namespace: istio-system, name: gw, labels: {istio: ingressgateway}, ports: [{port: 443}]}]}\n"
	l, err := load(example(t, app+edge, world+request), nil)
	if err != nil {
		t.Fatal(err)
	}
	state := l.members[0].state
	notes := strings.Join(withoutCredentials(state, nil), "\n")
	if notes != "istio-system/gw gets no certificate for Gateway shop/edge: there is no Secret istio-system/edge-cert in its namespace" {
		t.Errorf("%q", notes)
	}
	state.Objects = append(state.Objects, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "istio-system", Name: "edge-cert"}})
	if notes := withoutCredentials(state, nil); len(notes) != 0 {
		t.Error(notes)
	}
}
