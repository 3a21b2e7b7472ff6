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

// What ends the proxy of a job's pod when its containers are done.
const (
	NativeSidecar = "native sidecar" // the kubelet
	Deadline      = "deadline"       // the deadline of the job, or an earlier call of /quitquitquit
	NoSidecar     = "no sidecar"     // there is none
)

// EndsBy returns what ends the proxy of such a pod, and with it the job; empty if nothing does. The template is the injected one.
func EndsBy(template corev1.PodTemplateSpec) string {
	for _, c := range template.Spec.InitContainers {
		if c.Name == "istio-proxy" && c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			return NativeSidecar
		}
	}
	for _, c := range template.Spec.Containers {
		if c.Name != "istio-proxy" {
			continue
		}
		if template.Spec.ActiveDeadlineSeconds != nil {
			return Deadline
		}
		return ""
	}
	return NoSidecar
}

// IsJob reports whether pods of this kind are meant to end.
func IsJob(kind string) bool { return kind == "Job" || kind == "CronJob" }
