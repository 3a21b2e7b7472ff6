package apiserver

import (
	"strings"
	"testing"
)

// Each kind of a gateway or workload: accepted if valid, and refused for an unknown field
// and for an invalid value.
func TestKindsAreDecodedStrictlyAndValidated(t *testing.T) {
	pod := "containers: [{name: a, image: a}]"
	for kind, c := range map[string]struct{ version, spec, old, bad, want string }{
		"ServiceAccount":          {"v1", "automountServiceAccountToken: false", "false", "maybe", "cannot unmarshal"},
		"Role":                    {"rbac.authorization.k8s.io/v1", `rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]`, "verbs: [get]", "verbs: []", "rules[0].verbs: Required value"},
		"RoleBinding":             {"rbac.authorization.k8s.io/v1", "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: s, namespace: x}]", "kind: Role,", "kind: Rule,", `roleRef.kind: Unsupported value: "Rule"`},
		"HorizontalPodAutoscaler": {"autoscaling/v2", "spec: {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}", "maxReplicas: 4", "maxReplicas: 1", "spec.maxReplicas: Invalid value: 1"},
		"PodDisruptionBudget":     {"policy/v1", "spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}", "minAvailable: 1", "minAvailable: 1, maxUnavailable: 1", "minAvailable and maxUnavailable cannot be both set"},
		"NetworkPolicy":           {"networking.k8s.io/v1", "spec: {podSelector: {}, policyTypes: [Ingress]}", "[Ingress]", "[Inward]", `spec.policyTypes[0]: Unsupported value: "Inward"`},
		"Job":                     {"batch/v1", "spec: {template: {spec: {restartPolicy: Never, " + pod + "}}}", "Never", "Always", "restartPolicy: Required value"},
		"CronJob":                 {"batch/v1", "spec: {schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, " + pod + "}}}}}", "* * * * *", "hourly", "spec.schedule: Invalid value"},
		"StatefulSet":             {"apps/v1", "spec: {serviceName: s, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {" + pod + "}}}", "{a: b}}, t", "{a: c}}, t", "does not match template"},
		"DaemonSet":               {"apps/v1", "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {" + pod + "}}}", "{a: b}}, t", "{a: c}}, t", "does not match template"},
		"Ingress":                 {"networking.k8s.io/v1", "spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}", "80", "0", "spec.defaultBackend"},
		"Secret":                  {"v1", "type: Opaque\nstringData: {a: b}", "Opaque", "kubernetes.io/tls", "data[tls.crt]: Required value"},
	} {
		text := "apiVersion: " + c.version + "\nkind: " + kind + "\nmetadata: {name: one, namespace: x}\n" + c.spec + "\n"
		if v := judge(t, text); len(v.Findings) != 0 || len(v.Kubernetes) != 1 {
			t.Errorf("%s: %v", kind, v.Findings)
		}
		if v := judge(t, text+"nonsense: 1\n"); len(v.Findings) != 1 || v.Findings[0].Message != `unknown field "nonsense"` {
			t.Errorf("%s with an unknown field: %v", kind, v.Findings)
		}
		wrong := strings.Replace(text, c.old, c.bad, 1)
		if v := judge(t, wrong); wrong == text || len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Message, c.want) {
			t.Errorf("%s with %s: %v", kind, c.bad, v.Findings)
		}
	}
}
