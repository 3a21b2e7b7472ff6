package harness

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/pki"
)

// Kinds of keys, in cert-manager's terms. The default is RSA.
const keyRSA, keyECDSA = "RSA", "ECDSA"

// ordered is a Secret that cert-manager would make for a Certificate of the manifests.
type ordered struct {
	by                *manifests.Object
	namespace, secret string
	names             []string
	rsa               bool
}

// orders are the Secrets of all Certificates. A Certificate that cert-manager would not issue becomes a finding. Issuers are assumed to
// exist and to sign every request.
func orders(v *apiserver.Verdict) []*ordered {
	var all []*ordered
	refuse := func(o *manifests.Object, path, format string, args ...any) {
		v.Findings = append(v.Findings, apiserver.Finding{Object: o.ID(), File: o.File, Line: o.LineOf(path), Message: "cert-manager: " + fmt.Sprintf(format, args...)})
	}
	taken := map[string]*manifests.Object{}
	for _, o := range v.Custom {
		if !o.IsKind("cert-manager.io", "Certificate") {
			continue
		}
		c := &ordered{by: o, namespace: o.GetNamespace()}
		if c.namespace == "" {
			c.namespace = metav1.NamespaceDefault
		}
		text := func(path ...string) string {
			s, _, _ := unstructured.NestedString(o.Object, append([]string{"spec"}, path...)...)
			return s
		}
		for _, list := range []string{"dnsNames", "ipAddresses", "uris"} {
			names, _, _ := unstructured.NestedStringSlice(o.Object, "spec", list)
			c.names = append(c.names, names...)
		}
		c.secret = text("secretName")
		key := c.namespace + "/" + c.secret
		switch algorithm := text("privateKey", "algorithm"); {
		case len(c.names) == 0 && text("commonName") == "":
			refuse(o, "spec", "at least one of commonName, dnsNames, uris, ipAddresses must be given")
			continue
		case algorithm != "" && algorithm != keyRSA && algorithm != keyECDSA:
			refuse(o, "spec.privateKey.algorithm", "a gateway cannot use a key of kind %s", algorithm)
			continue
		case taken[key] != nil:
			refuse(o, "spec.secretName", "Secret %s is %s's already (%s): cert-manager does not issue both", key, taken[key].ID(), taken[key].Where())
			continue
		default:
			c.rsa = algorithm != keyECDSA
		}
		taken[key] = o
		all = append(all, c)
	}
	for _, o := range v.Kubernetes {
		if s, ok := o.(*corev1.Secret); ok && taken[s.Namespace+"/"+s.Name] != nil {
			refuse(taken[s.Namespace+"/"+s.Name], "spec.secretName", "Secret %s/%s is among the manifests too: cert-manager would overwrite it", s.Namespace, s.Name)
		}
	}
	return all
}

// issue makes the Secret, without ca.crt, because public issuers add none.
func (c *ordered) issue(authority *pki.Authority) (*corev1.Secret, error) {
	pair, err := authority.IssueTo(pki.Holder{Name: c.namespace + "/" + c.secret, RSA: c.rsa}, c.names...)
	if err != nil {
		return nil, err
	}
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: c.secret, Namespace: c.namespace, Annotations: map[string]string{"cert-manager.io/certificate-name": c.by.GetName()}},
		Type:       corev1.SecretTypeTLS,
		Data:       map[string][]byte{corev1.TLSCertKey: pair.Cert, corev1.TLSPrivateKeyKey: pair.Key},
	}, nil
}
