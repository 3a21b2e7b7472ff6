package harness

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/pki"
)

const certificate = `---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: edge, namespace: shop}
spec:
  secretName: edge-cert
  dnsNames: [a.example.com, b.example.com]
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
`

func TestCertificatesAreIssued(t *testing.T) {
	l, err := load(example(t, app+certificate, request), nil)
	if err != nil {
		t.Fatal(err)
	}
	m := l.members[0]
	if len(m.verdict.Findings) != 0 || len(m.orders) != 1 {
		t.Fatal(m.verdict.Findings, m.orders)
	}
	authority, err := pki.New("a")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := m.orders[0].issue(authority)
	if err != nil {
		t.Fatal(err)
	}
	if secret.Namespace != "shop" || secret.Name != "edge-cert" || secret.Type != corev1.SecretTypeTLS || len(secret.Data) != 2 || !m.orders[0].rsa {
		t.Errorf("%+v", secret.ObjectMeta)
	}
	if names := strings.Join(m.orders[0].names, " "); names != "a.example.com b.example.com" {
		t.Error(names)
	}
}

func TestCertificatesAreRefused(t *testing.T) {
	replace := func(old, with string) string { return strings.Replace(certificate, old, with, 1) }
	for name, c := range map[string]struct{ yaml, want string }{
		"unknown field":   {replace("dnsNames", "dnsName"), "app.yaml:27: Certificate/shop/edge: spec.dnsName: Forbidden: unknown field"},
		"no issuer":       {replace("  issuerRef: {name: letsencrypt, kind: ClusterIssuer}\n", ""), "spec.issuerRef: Required value"},
		"no names":        {replace("  dnsNames: [a.example.com, b.example.com]\n", ""), "app.yaml:25: Certificate/shop/edge: cert-manager: at least one of commonName"},
		"key":             {replace("  issuerRef", "  privateKey: {algorithm: Ed25519}\n  issuerRef"), "a gateway cannot use a key of kind Ed25519"},
		"one Secret":      {certificate + replace("name: edge,", "name: other,"), "app.yaml:34: Certificate/shop/other: cert-manager: Secret shop/edge-cert is Certificate/shop/edge's already"},
		"Secret is there": {certificate + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: edge-cert, namespace: shop}\n", "is among the manifests too: cert-manager would overwrite it"},
	} {
		e := example(t, app+c.yaml, request)
		l, err := load(e, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := ""
		for _, f := range l.members[0].verdict.Findings {
			found += f.String() + "\n"
		}
		if !strings.Contains(found, c.want) {
			t.Errorf("%s: %q, want %q", name, found, c.want)
		}
	}
	e := example(t, app+certificate, "world: {certificates: [{namespace: shop, name: edge-cert, hosts: [a.example.com]}]}\n"+request)
	if _, err := load(e, nil); err == nil || !strings.Contains(err.Error(), "requests.yaml:1: certificate shop/edge-cert: Certificate/shop/edge of the manifests") {
		t.Error(err)
	}
}
