package harness

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	networkingapi "istio.io/api/networking/v1alpha3"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/controlplane"
)

// withoutCredentials lists the gateways without a certificate for a server, with the reason. Neither Envoy nor istioctl reports it, and the port is
// just closed. The lines explain failures; they are no failures themselves.
func withoutCredentials(s *cluster.State, server *controlplane.Server) []string {
	var notes []string
	note := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !slices.Contains(notes, text) {
			notes = append(notes, text)
		}
	}
	for _, cfg := range s.Configs {
		gateway, ok := cfg.Spec.(*networkingapi.Gateway)
		if !ok {
			continue
		}
		for _, p := range s.Pods {
			if p.Role != cluster.Router || !labels.SelectorFromSet(gateway.Selector).Matches(labels.Set(p.Labels)) {
				continue
			}
			for _, name := range credentialsOf(gateway) {
				switch {
				case !hasSecret(s, p.Namespace, name):
					note("%s gets no certificate for Gateway %s/%s: there is no Secret %s in its namespace", p.WorkloadRef(), cfg.Namespace, cfg.Name, p.Namespace+"/"+name)
				case server != nil && !server.ReadsSecrets(p.Namespace, p.ServiceAccount):
					note("%s gets no certificate for Gateway %s/%s: no Role lets its service account %q list Secrets in its namespace", p.WorkloadRef(), cfg.Namespace, cfg.Name, p.ServiceAccount)
				}
			}
		}
	}
	return notes
}

func credentialsOf(g *networkingapi.Gateway) []string {
	var names []string
	for _, server := range g.Servers {
		if t := server.GetTls(); t != nil {
			if t.CredentialName != "" {
				names = append(names, t.CredentialName)
			}
			names = append(names, t.CredentialNames...)
		}
	}
	return names
}

func hasSecret(s *cluster.State, namespace, name string) bool {
	for _, o := range s.Objects {
		if secret, ok := o.(*corev1.Secret); ok && secret.Namespace == namespace && secret.Name == name {
			return true
		}
	}
	return false
}
