package cluster

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
)

// podsOf makes the pods of one workload object; other kinds have none.
func (b *builder) podsOf(o runtime.Object) ([]*Pod, error) {
	switch w := o.(type) {
	case *appsv1.Deployment:
		return b.replicas("Deployment", w.ObjectMeta, w.Spec.Template, b.scaled("Deployment", w.ObjectMeta, w.Spec.Replicas), func(i int) string {
			return fmt.Sprintf("%s-%s", w.Name, suffix(w.Namespace+"/"+w.Name, i))
		})
	case *appsv1.DaemonSet:
		return b.replicas("DaemonSet", w.ObjectMeta, w.Spec.Template, 1, func(i int) string {
			return fmt.Sprintf("%s-%s", w.Name, suffix(w.Namespace+"/"+w.Name, i))
		})
	case *appsv1.StatefulSet:
		return b.statefulPods(w)
	case *batchv1.Job:
		return b.jobPods("Job", w.ObjectMeta, w.Spec, "")
	case *batchv1.CronJob:
		return b.jobPods("CronJob", w.ObjectMeta, w.Spec.JobTemplate.Spec, "29000000-")
	case *corev1.Pod:
		template := corev1.PodTemplateSpec{ObjectMeta: w.ObjectMeta, Spec: w.Spec}
		pods, err := b.replicas("Pod", w.ObjectMeta, template, 1, func(int) string { return w.Name })
		for _, p := range pods {
			if w.Status.PodIP != "" {
				p.Address = w.Status.PodIP
			}
		}
		return pods, err
	}
	return nil, nil
}

// scaled is the number of pods of a workload: its replicas, within the bounds of an autoscaler without measurements.
func (b *builder) scaled(kind string, meta metav1.ObjectMeta, replicas *int32) int {
	n := ptr.Deref(replicas, 1)
	for _, o := range b.Kubernetes {
		h, ok := o.(*autoscalingv2.HorizontalPodAutoscaler)
		if ok && n > 0 && h.Namespace == meta.Namespace && h.Spec.ScaleTargetRef.Kind == kind && h.Spec.ScaleTargetRef.Name == meta.Name {
			n = min(max(n, ptr.Deref(h.Spec.MinReplicas, 1)), h.Spec.MaxReplicas)
		}
	}
	return int(n)
}

func (b *builder) statefulPods(w *appsv1.StatefulSet) ([]*Pod, error) {
	start := 0
	if w.Spec.Ordinals != nil {
		start = int(w.Spec.Ordinals.Start)
	}
	template := *w.Spec.Template.DeepCopy()
	for _, claim := range w.Spec.VolumeClaimTemplates {
		// The controller puts one in place of a volume that has the same name.
		template.Spec.Volumes = slices.DeleteFunc(template.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == claim.Name })
		template.Spec.Volumes = append(template.Spec.Volumes, corev1.Volume{Name: claim.Name, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim.Name + "-" + w.Name + "-0"},
		}})
	}
	pods, err := b.replicas("StatefulSet", w.ObjectMeta, template, b.scaled("StatefulSet", w.ObjectMeta, w.Spec.Replicas), func(i int) string {
		return fmt.Sprintf("%s-%d", w.Name, start+i)
	})
	for i, p := range pods {
		// The StatefulSet controller adds these.
		p.Labels["statefulset.kubernetes.io/pod-name"] = p.Name
		p.Labels["apps.kubernetes.io/pod-index"] = fmt.Sprint(start + i)
		p.Hostname, p.Subdomain = p.Name, w.Spec.ServiceName
	}
	return pods, err
}

func (b *builder) replicas(kind string, meta metav1.ObjectMeta, template corev1.PodTemplateSpec, n int, name func(int) string) ([]*Pod, error) {
	where := b.where(kind, meta.Namespace, meta.Name)
	if len(template.Spec.Containers) == 0 {
		return nil, fmt.Errorf("%s: %s %s/%s has no containers", where, kind, meta.Namespace, meta.Name)
	}
	role := b.role(meta.Namespace, template)
	if refused := b.admit(role, kind, meta, template); len(refused) > 0 {
		for _, message := range refused {
			b.state.Refused = append(b.state.Refused, Refusal{Kind: kind, Namespace: meta.Namespace, Name: meta.Name, Message: message})
		}
		return nil, nil
	}
	var pods []*Pod
	for i := 0; i < n; i++ {
		p := &Pod{
			Cluster: b.name, Namespace: meta.Namespace, Name: name(i), Workload: meta.Name, WorkloadKind: kind,
			Labels: copyMap(template.Labels), Annotations: copyMap(template.Annotations),
			ServiceAccount: template.Spec.ServiceAccountName, Ready: true, Role: role,
			Containers: template.Spec.Containers, Hostname: template.Spec.Hostname, Subdomain: template.Spec.Subdomain,
			Source: where,
		}
		if p.ServiceAccount == "" {
			p.ServiceAccount = "default"
		}
		for _, c := range template.Spec.Containers {
			p.Ports = append(p.Ports, c.Ports...)
		}
		for _, c := range template.Spec.InitContainers {
			if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
				p.Ports = append(p.Ports, c.Ports...)
			}
		}
		p.Locality = template.Spec.NodeSelector["topology.kubernetes.io/zone"]
		pods = append(pods, p)
	}
	return pods, nil
}

func (b *builder) admit(role Role, kind string, meta metav1.ObjectMeta, template corev1.PodTemplateSpec) []string {
	if b.Admit == nil {
		return nil
	}
	return b.Admit(Admission{Role: role, Kind: kind, Namespace: meta.Namespace, Name: meta.Name, NamespaceLabels: b.namespaceLabels[meta.Namespace], Template: template})
}

// role decides like the injection webhook: never for host network; in a namespace with injection, unless the label
// or annotation of the pod refuses; elsewhere only if the label of the pod requests it, because the webhook ignores the annotation there.
func (b *builder) role(namespace string, template corev1.PodTemplateSpec) Role {
	const inject = "sidecar.istio.io/inject"
	label, labels := template.Labels[inject], b.namespaceLabels[namespace]
	byNamespace := labels["istio-injection"] == "enabled" || (labels["istio-injection"] == "" && labels["istio.io/rev"] != "")
	want := label
	if want == "" && byNamespace {
		want = template.Annotations[inject]
	}
	// The webhook is not called if the namespace has injection disabled.
	if template.Spec.HostNetwork || labels["istio-injection"] == "disabled" || want == "false" || (want != "true" && !byNamespace) {
		return Plain
	}
	for _, name := range strings.Split(template.Annotations["inject.istio.io/templates"], ",") {
		if strings.TrimSpace(name) == "gateway" {
			return Router
		}
	}
	return Sidecar
}

func copyMap(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}
