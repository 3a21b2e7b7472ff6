package harness

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/controlplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/inject"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// admission is every step between the pod template and the kubelet: Istio's webhook, validation, Pod Security.
type admission struct {
	injector *inject.Injector
	security *apiserver.PodSecurity
	asked    scenario.PodSecurity
	accounts map[string]bool
	// ends has, for each job, what ends its pods.
	ends map[string]string
}

func (l *loaded) admission(m *member, v *apiserver.Verdict) (*admission, error) {
	mesh, err := controlplane.MeshFor(m.mesh)
	if err != nil {
		return nil, err
	}
	a := &admission{asked: l.file.PodSecurity, accounts: map[string]bool{}, ends: map[string]string{}}
	m.ends = a.ends
	if a.injector, err = inject.New(mesh); err != nil {
		return nil, err
	}
	if a.security, err = apiserver.NewPodSecurity(); err != nil {
		return nil, err
	}
	for _, o := range v.Kubernetes {
		if account, ok := o.(*corev1.ServiceAccount); ok {
			a.accounts[account.Namespace+"/"+account.Name] = true
		}
	}
	return a, nil
}

var apiVersions = map[string]string{"Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1"}

// admit gives the reasons why the pods of a workload would be refused.
func (a *admission) admit(in cluster.Admission) []string {
	version := apiVersions[in.Kind]
	if version == "" {
		version = "apps/v1"
	}
	template := in.Template
	if account := template.Spec.ServiceAccountName; account != "" && account != "default" && !a.accounts[in.Namespace+"/"+account] {
		return []string{fmt.Sprintf("its pods are refused: service account %q does not exist in namespace %q", account, in.Namespace)}
	}
	if in.Role != cluster.Plain {
		rendered, err := a.injector.Inject(inject.Workload{Kind: in.Kind, APIVersion: version, Namespace: in.Namespace, Name: in.Name}, template)
		if err != nil {
			return []string{fmt.Sprintf("its pods are refused by Istio's injection webhook: %v", err)}
		}
		template = rendered
	}
	for _, c := range template.Spec.Containers {
		if c.Image == "auto" {
			return []string{fmt.Sprintf("container %q has the image `auto`, which an injection template fills in, and no template does: %s", c.Name, whyNot(in.Role))}
		}
	}
	pod := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	pod.Namespace, pod.Name, pod.GenerateName = in.Namespace, in.Name, ""
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	var refused []string
	if cluster.IsJob(in.Kind) {
		a.ends[in.Namespace+"/"+in.Name] = cluster.EndsBy(template)
	}
	if cluster.IsJob(in.Kind) && cluster.EndsBy(template) == "" {
		refused = append(refused, "its pods never end: istio-proxy is no native sidecar, and the job has no deadline (activeDeadlineSeconds)")
	}
	for _, message := range apiserver.JudgePod(pod) {
		refused = append(refused, "its pods are refused, as they are after injection: "+message)
	}
	level, err := apiserver.Enforced(in.NamespaceLabels, a.asked.Of(in.Namespace, in.Name))
	if err != nil {
		return append(refused, fmt.Sprintf("namespace %q: %v", in.Namespace, err))
	}
	if message := a.security.Judge(level, pod); message != "" {
		refused = append(refused, "its pods are refused: "+message)
	}
	return refused
}

func whyNot(role cluster.Role) string {
	switch role {
	case cluster.Plain:
		return "the pod is not injected, by its labels and those of its namespace"
	case cluster.Sidecar:
		return "the annotation inject.istio.io/templates does not say gateway"
	}
	return "the gateway template fills in the container istio-proxy"
}

// refuse puts the workloads without pods among the verdict's findings.
func (m *member) refuse(v *apiserver.Verdict, refused []cluster.Refusal) {
	for _, r := range refused {
		for _, o := range m.objects {
			if o.GetKind() == r.Kind && o.GetName() == r.Name && (o.GetNamespace() == r.Namespace || o.GetNamespace() == "") {
				v.Findings = append(v.Findings, apiserver.Finding{Object: o.ID(), File: o.File, Line: o.Line, Message: r.Message})
			}
		}
	}
}
