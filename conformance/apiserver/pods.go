package apiserver

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// JudgePod sets the defaults of a pod and validates it as on create, after a webhook has changed a valid
// template.
func JudgePod(p *corev1.Pod) []string {
	if p.Spec.ServiceAccountName == "" {
		p.Spec.ServiceAccountName = "default" // the admission plugin of service accounts does this
	}
	legacyscheme.Scheme.Default(p)
	internal, err := legacyscheme.Scheme.UnsafeConvertToVersion(p.DeepCopy(), runtime.InternalGroupVersioner)
	if err != nil {
		return []string{err.Error()}
	}
	if err := beforeCreate(pod.Strategy, creating(p.Namespace, corev1.SchemeGroupVersion.WithKind("Pod")), internal); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// PodSecurity is the Pod Security admission plugin of one cluster.
type PodSecurity struct{ evaluator policy.Evaluator }

// NewPodSecurity has the checks of the pinned Kubernetes.
func NewPodSecurity() (*PodSecurity, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	return &PodSecurity{evaluator}, err
}

// Enforced reads the labels of a namespace. asked is the level of requests.yaml, or empty.
func Enforced(labels map[string]string, asked string) (podsecurity.LevelVersion, error) {
	none := podsecurity.LevelVersion{Level: podsecurity.LevelPrivileged, Version: podsecurity.LatestVersion()}
	p, errs := podsecurity.PolicyToEvaluate(labels, podsecurity.Policy{Enforce: none, Audit: none, Warn: none})
	if len(errs) > 0 {
		return none, errs.ToAggregate()
	}
	if level := podsecurity.Level(asked); asked != "" && podsecurity.CompareLevels(level, p.Enforce.Level) > 0 {
		p.Enforce = podsecurity.LevelVersion{Level: level, Version: podsecurity.LatestVersion()}
	}
	return p.Enforce, nil
}

// Judge returns what a level forbids in a pod, or an empty text.
func (s *PodSecurity) Judge(level podsecurity.LevelVersion, p *corev1.Pod) string {
	result := policy.AggregateCheckResults(s.evaluator.EvaluatePod(level, &p.ObjectMeta, &p.Spec))
	if result.Allowed {
		return ""
	}
	return fmt.Sprintf("violates PodSecurity %q: %s", level.String(), strings.TrimSpace(result.ForbiddenDetail()))
}
