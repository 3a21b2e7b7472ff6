package cluster

import (
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// jobPods makes the pod of one run of a job.
func (b *builder) jobPods(kind string, meta metav1.ObjectMeta, spec batchv1.JobSpec, infix string) ([]*Pod, error) {
	template := *spec.Template.DeepCopy()
	if template.Spec.ActiveDeadlineSeconds == nil {
		// The deadline of a job ends its pods as one of their own would.
		template.Spec.ActiveDeadlineSeconds = spec.ActiveDeadlineSeconds
	}
	return b.replicas(kind, meta, template, 1, func(i int) string {
		return fmt.Sprintf("%s-%s%s", meta.Name, infix, suffix(meta.Namespace+"/"+meta.Name, i))
	})
}

// NeverEnds says whether a pod of a job runs on when its containers are done: its proxy is a container like them, nothing tells it to
// quit, and nothing ends the pod. The template is as it is after injection.
func NeverEnds(kind string, template corev1.PodTemplateSpec) bool {
	if (kind != "Job" && kind != "CronJob") || template.Spec.ActiveDeadlineSeconds != nil {
		return false
	}
	for _, c := range template.Spec.Containers {
		if c.Name == "istio-proxy" {
			return true
		}
	}
	return false
}
