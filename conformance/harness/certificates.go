package harness

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/pki"
)

// certificates makes the Secrets that requests.yaml declares, and those that cert-manager would make.
func (w *world) certificates(m *member) error {
	for _, c := range w.file.World.Certificates {
		if c.Cluster != "" && c.Cluster != m.name {
			continue
		}
		secret := &corev1.Secret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: metav1.ObjectMeta{Name: c.Name, Namespace: c.Namespace}, Type: corev1.SecretTypeOpaque,
			Data: map[string][]byte{},
		}
		if len(c.Hosts) > 0 {
			pair, err := w.plane.Public.IssueTo(pki.Holder{Name: c.Namespace + "/" + c.Name, RSA: c.Key == "rsa"}, c.Hosts...)
			if err != nil {
				return err
			}
			secret.Type = corev1.SecretTypeTLS
			secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey] = pair.Cert, pair.Key
		}
		if c.ClientCA {
			secret.Data[corev1.ServiceAccountRootCAKey] = w.plane.Public.PEM
		}
		m.state.Objects = append(m.state.Objects, secret)
	}
	for _, c := range m.orders {
		secret, err := c.issue(w.plane.Public)
		if err != nil {
			return err
		}
		m.state.Objects = append(m.state.Objects, secret)
	}
	return nil
}
