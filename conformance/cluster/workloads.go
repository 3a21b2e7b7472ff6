package cluster

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// podsOf makes the pods of one workload object; other kinds have none.
func (b *builder) podsOf(o runtime.Object) ([]*Pod, error) {
	switch w := o.(type) {
	case *appsv1.Deployment:
		return b.replicas("Deployment", w.ObjectMeta, w.Spec.Template, replicaCount(w.Spec.Replicas), func(i int) string {
			return fmt.Sprintf("%s-%s", w.Name, suffix(w.Namespace+"/"+w.Name, i))
		})
	case *appsv1.DaemonSet:
		return b.replicas("DaemonSet", w.ObjectMeta, w.Spec.Template, 1, func(i int) string {
			return fmt.Sprintf("%s-%s", w.Name, suffix(w.Namespace+"/"+w.Name, i))
		})
	case *appsv1.StatefulSet:
		return b.statefulPods(w)
	case *batchv1.Job:
		return b.replicas("Job", w.ObjectMeta, w.Spec.Template, 1, func(i int) string {
			return fmt.Sprintf("%s-%s", w.Name, suffix(w.Namespace+"/"+w.Name, i))
		})
	case *batchv1.CronJob:
		return b.replicas("CronJob", w.ObjectMeta, w.Spec.JobTemplate.Spec.Template, 1, func(i int) string {
			return fmt.Sprintf("%s-29000000-%s", w.Name, suffix(w.Namespace+"/"+w.Name, i))
		})
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

func replicaCount(n *int32) int {
	if n == nil {
		return 1
	}
	return int(*n)
}

func (b *builder) statefulPods(w *appsv1.StatefulSet) ([]*Pod, error) {
	start := 0
	if w.Spec.Ordinals != nil {
		start = int(w.Spec.Ordinals.Start)
	}
	pods, err := b.replicas("StatefulSet", w.ObjectMeta, w.Spec.Template, replicaCount(w.Spec.Replicas), func(i int) string {
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
	var pods []*Pod
	for i := 0; i < n; i++ {
		p := &Pod{
			Cluster: b.name, Namespace: meta.Namespace, Name: name(i), Workload: meta.Name, WorkloadKind: kind,
			Labels: copyMap(template.Labels), Annotations: copyMap(template.Annotations),
			ServiceAccount: template.Spec.ServiceAccountName, Ready: true,
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
		p.Role = b.role(p, template.Spec.HostNetwork)
		p.DNSCapture = dnsCapture(p.Annotations)
		p.Locality = template.Spec.NodeSelector["topology.kubernetes.io/zone"]
		pods = append(pods, p)
	}
	return pods, nil
}

// role decides as the injection webhook does: host network never, the pod's own label or annotation first, then the namespace.
func (b *builder) role(p *Pod, hostNetwork bool) Role {
	if hostNetwork {
		return Plain
	}
	want := p.Labels["sidecar.istio.io/inject"]
	if want == "" {
		want = p.Annotations["sidecar.istio.io/inject"]
	}
	labels := b.namespaceLabels[p.Namespace]
	byNamespace := labels["istio-injection"] == "enabled" || (labels["istio-injection"] == "" && labels["istio.io/rev"] != "")
	// The webhook is not even asked where the namespace says disabled.
	if labels["istio-injection"] == "disabled" || want == "false" || (want != "true" && !byNamespace) {
		return Plain
	}
	for _, key := range []string{"inject.istio.io/templates"} {
		if strings.Contains(p.Annotations[key], "gateway") || strings.Contains(p.Labels[key], "gateway") {
			return Router
		}
	}
	return Sidecar
}

func dnsCapture(annotations map[string]string) bool {
	config := annotations["proxy.istio.io/config"]
	at := strings.Index(config, "ISTIO_META_DNS_CAPTURE")
	return at >= 0 && strings.Contains(strings.SplitN(config[at:], "\n", 2)[0], "true")
}

func copyMap(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}
