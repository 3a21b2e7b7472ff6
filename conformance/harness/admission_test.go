package harness

import (
	"os"
	"strings"
	"testing"
)

const gatewaySample = "../samples/own-gateway/manifests/wordpress.yaml"

// Every refusal of a workload's pods names the workload.
func TestPodsAreRefused(t *testing.T) {
	text, err := os.ReadFile(gatewaySample)
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	caller := "version: 1\nworld: {clients: [{namespace: default, name: plain}]}\nrequests: [{name: r, from: default/plain, url: \"http://wordpress.wordpress/\", expect: {status: 200}}]\n"
	for name, c := range map[string]struct{ old, with, asks, want string }{
		"good":             {"", "", "", ""},
		"no template":      {"inject.istio.io/templates: gateway", "a: b", "", ""},
		"not injected":     {`istio: wordpress-gateway, sidecar.istio.io/inject: "true"`, `istio: wordpress-gateway, sidecar.istio.io/inject: "false"`, "", "has the image `auto`, which an injection template fills in, and no template does: the pod is not injected"},
		"other container":  {"name: istio-proxy", "name: proxy", "", "the gateway template fills in the container istio-proxy"},
		"unknown template": {"templates: gateway", "templates: gatway", "", `refused by Istio's injection webhook: failed to run injection template: requested template "gatway" not found`},
		"service account":  {"serviceAccountName: wordpress-gateway", "serviceAccountName: other", "", `service account "other" does not exist in namespace "wordpress"`},
		"restricted":       {"readOnlyRootFilesystem: true}", "privileged: true}", "", "privileged"},
		"asked for":        {", pod-security.kubernetes.io/enforce: restricted", "", "podSecurity: {restricted: [wordpress]}\n", ""},
		"level":            {"enforce: restricted", "enforce: strict", "", `must be one of privileged, baseline, restricted`},
		"after injection":  {"readOnlyRootFilesystem: true}", "readOnlyRootFilesystem: true}\n      volumes: [{name: istio-envoy, secret: {secretName: x}}]", "", "as they are after injection: "},
		"capabilities":     {"securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, readOnlyRootFilesystem: true}", "tty: false", "", `its pods are refused: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "istio-proxy"`},
	} {
		changed := strings.Replace(good, c.old, c.with, 1)
		if c.old != "" && changed == good {
			t.Fatalf("%s: %q is not in the sample", name, c.old)
		}
		l, err := load(example(t, changed, strings.Replace(caller, "world", c.asks+"world", 1)), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := ""
		for _, f := range l.members[0].verdict.Findings {
			found += f.String() + "\n"
		}
		if (c.want == "") != (found == "") || !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q, want %q", name, found, c.want)
		}
		for _, p := range l.members[0].state.Pods {
			if p.Workload == "wordpress-gateway" && strings.Contains(found, "Deployment/wordpress/wordpress-gateway") {
				t.Errorf("%s: the pod exists anyway", name)
			}
		}
	}
}
