package apiserver

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	genericrequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"

	"k8s.io/kubernetes/pkg/apis/core"

	// Each install registers the kinds, their defaults and their conversions.
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"

	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
)

// strategies are the API server's own, by kind.
var strategies = map[string]rest.RESTCreateStrategy{
	"/ConfigMap":             configmap.Strategy,
	"/Namespace":             namespace.Strategy,
	"/PersistentVolumeClaim": persistentvolumeclaim.Strategy,
	"/Pod":                   pod.Strategy,
	"/Secret":                secret.Strategy,
	"/Service":               service.Strategy,
	"/ServiceAccount":        serviceaccount.Strategy,
	"admissionregistration.k8s.io/MutatingWebhookConfiguration":   mutatingwebhookconfiguration.Strategy,
	"admissionregistration.k8s.io/ValidatingWebhookConfiguration": validatingwebhookconfiguration.Strategy,
	"apps/DaemonSet":                               daemonset.Strategy,
	"apps/Deployment":                              deployment.Strategy,
	"apps/StatefulSet":                             statefulset.Strategy,
	"autoscaling/HorizontalPodAutoscaler":          horizontalpodautoscaler.Strategy,
	"batch/CronJob":                                cronjob.Strategy,
	"batch/Job":                                    job.Strategy,
	"networking.k8s.io/Ingress":                    ingress.Strategy,
	"networking.k8s.io/NetworkPolicy":              networkpolicy.Strategy,
	"policy/PodDisruptionBudget":                   poddisruptionbudget.Strategy,
	"rbac.authorization.k8s.io/ClusterRole":        clusterrole.Strategy,
	"rbac.authorization.k8s.io/ClusterRoleBinding": clusterrolebinding.Strategy,
	"rbac.authorization.k8s.io/Role":               role.Strategy,
	"rbac.authorization.k8s.io/RoleBinding":        rolebinding.Strategy,
	"scheduling.k8s.io/PriorityClass":              priorityclass.Strategy,
}

var strict = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)

// judgeKubernetes decodes strictly, defaults, and validates as on create; it returns the defaulted object.
func judgeKubernetes(o *manifests.Object) (runtime.Object, []string) {
	strategy, ok := strategies[o.Group()+"/"+o.GetKind()]
	if !ok {
		return nil, []string{fmt.Sprintf("kind %s of %s is not known: neither a Kubernetes kind that is covered nor one with a CRD (give its CRD under `crds`)", o.GetKind(), o.GetAPIVersion())}
	}
	text, err := sigsyaml.YAMLToJSONStrict([]byte(o.Text))
	if err != nil {
		return nil, []string{err.Error()}
	}
	versioned, _, err := strict.UniversalDeserializer().Decode(text, nil, nil)
	if err != nil {
		return nil, strictMessages(err)
	}
	legacyscheme.Scheme.Default(versioned)
	internal, err := legacyscheme.Scheme.UnsafeConvertToVersion(versioned.DeepCopyObject(), runtime.InternalGroupVersioner)
	if err != nil {
		return nil, []string{err.Error()}
	}
	ns := o.GetNamespace()
	if strategy.NamespaceScoped() && ns == "" {
		ns = metav1.NamespaceDefault
	}
	if err := beforeCreate(strategy, creating(ns, o.GroupVersionKind()), internal); err != nil {
		return versioned, []string{err.Error()}
	}
	return versioned, nil
}

// creating is the context of a create request: validation reads its group and version.
func creating(namespace string, kind schema.GroupVersionKind) context.Context {
	return genericrequest.WithRequestInfo(genericrequest.WithNamespace(context.Background(), namespace), &genericrequest.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: kind.Group, APIVersion: kind.Version, Namespace: namespace,
	})
}

// healthCheckNodePort is any port that the API server could choose.
const healthCheckNodePort = 32767

// beforeCreate is rest.BeforeCreate with the two values that a request carries.
func beforeCreate(strategy rest.RESTCreateStrategy, ctx context.Context, obj runtime.Object) error {
	accessor, err := meta.Accessor(obj)
	if err != nil {
		return err
	}
	if strategy.NamespaceScoped() && accessor.GetNamespace() == "" {
		accessor.SetNamespace(genericrequest.NamespaceValue(ctx))
	}
	rest.FillObjectMetaSystemFields(accessor)
	if s, ok := obj.(*core.Service); ok && s.Spec.ClusterIP != "" && len(s.Spec.ClusterIPs) == 0 {
		// The storage of Services does this before it validates.
		s.Spec.ClusterIPs = []string{s.Spec.ClusterIP}
	}
	if s, ok := obj.(*core.Service); ok && s.Spec.Type == core.ServiceTypeLoadBalancer && s.Spec.ExternalTrafficPolicy == core.ServiceExternalTrafficPolicyLocal && s.Spec.HealthCheckNodePort == 0 {
		s.Spec.HealthCheckNodePort = healthCheckNodePort // the storage allocates it too; any value works here
	}
	return rest.BeforeCreate(strategy, ctx, obj)
}

func strictMessages(err error) []string {
	if s, ok := runtime.AsStrictDecodingError(err); ok {
		var all []string
		for _, e := range s.Errors() {
			all = append(all, e.Error())
		}
		return all
	}
	return []string{strings.TrimSpace(err.Error())}
}
