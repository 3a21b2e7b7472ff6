package controlplane

import (
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

func TestWhoMayListSecrets(t *testing.T) {
	secrets := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "watch", "list"}}
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "reader"}, Rules: []rbacv1.PolicyRule{secrets}}
	one := role.DeepCopy()
	one.Rules[0].ResourceNames = []string{"edge-cert"}
	reads := role.DeepCopy()
	reads.Rules[0].Verbs = []string{"get"}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "reader"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "reader"},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "shop", Name: "edge"}},
	}
	elsewhere := binding.DeepCopy()
	elsewhere.Namespace = "other"
	for name, c := range map[string]struct {
		objects []runtime.Object
		user    string
		want    bool
	}{
		"role and binding":              {[]runtime.Object{role, binding}, "system:serviceaccount:shop:edge", true},
		"another account":               {[]runtime.Object{role, binding}, "system:serviceaccount:shop:web", false},
		"no binding":                    {[]runtime.Object{role}, "system:serviceaccount:shop:edge", false},
		"a binding in another place":    {[]runtime.Object{role, elsewhere}, "system:serviceaccount:shop:edge", false},
		"get alone is not list":         {[]runtime.Object{reads, binding}, "system:serviceaccount:shop:edge", false},
		"one name is not the namespace": {[]runtime.Object{one, binding}, "system:serviceaccount:shop:edge", false},
		"a stock gateway":               {nil, "system:serviceaccount:shop:stock", true},
	} {
		a := &access{}
		a.set(&cluster.State{Access: c.objects, Pods: []*cluster.Pod{{Namespace: "shop", ServiceAccount: "stock", Stock: true, Role: cluster.Router}}})
		spec := authorizationv1.SubjectAccessReviewSpec{User: c.user, ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: "shop", Verb: "list", Resource: "secrets"}}
		if got := a.allowed(spec); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
