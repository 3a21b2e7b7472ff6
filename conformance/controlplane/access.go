package controlplane

import (
	"context"
	"strings"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

// access decides whether the ServiceAccount of a proxy may list the Secrets of its namespace. Otherwise
// istiod sends the proxy no `credentialName`. The API server's authorizer checks the Roles and bindings of the manifests.
// Gateways outside of the manifests are assumed to have the rights of Istio's charts.
type access struct {
	mu    sync.Mutex
	rules authorizer.Authorizer
	stock map[string]bool
}

func (a *access) set(s *cluster.State) {
	var roles []*rbacv1.Role
	var bindings []*rbacv1.RoleBinding
	var clusterRoles []*rbacv1.ClusterRole
	var clusterBindings []*rbacv1.ClusterRoleBinding
	for _, o := range s.Access {
		switch v := o.(type) {
		case *rbacv1.Role:
			roles = append(roles, v)
		case *rbacv1.RoleBinding:
			bindings = append(bindings, v)
		case *rbacv1.ClusterRole:
			clusterRoles = append(clusterRoles, v)
		case *rbacv1.ClusterRoleBinding:
			clusterBindings = append(clusterBindings, v)
		}
	}
	_, static := validation.NewTestRuleResolver(roles, bindings, clusterRoles, clusterBindings)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rules = rbac.New(static, static, static, static)
	a.stock = map[string]bool{}
	for _, p := range s.Pods {
		if p.Stock && p.Role == cluster.Router {
			a.stock["system:serviceaccount:"+p.Namespace+":"+p.ServiceAccount] = true
		}
	}
}

func (a *access) allowed(spec authorizationv1.SubjectAccessReviewSpec) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stock[spec.User] {
		return true
	}
	groups := []string{"system:serviceaccounts", "system:authenticated"}
	if parts := strings.Split(spec.User, ":"); len(parts) == 4 {
		groups = append(groups, "system:serviceaccounts:"+parts[2])
	}
	r := spec.ResourceAttributes
	decision, _, _ := a.rules.Authorize(context.Background(), authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: spec.User, Groups: groups}, Verb: r.Verb, Namespace: r.Namespace,
		APIGroup: r.Group, APIVersion: "*", Resource: r.Resource, Subresource: r.Subresource, Name: r.Name, ResourceRequest: true,
	})
	return decision == authorizer.DecisionAllow
}

// ReadsSecrets reports whether istiod serves Secrets of a namespace to the proxies of a service account there.
func (s *Server) ReadsSecrets(namespace, serviceAccount string) bool {
	return s.access.allowed(authorizationv1.SubjectAccessReviewSpec{
		User:               "system:serviceaccount:" + namespace + ":" + serviceAccount,
		ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: namespace, Verb: "list", Resource: "secrets"},
	})
}

// answer makes a fake API server use it.
func (a *access) answer(client *fake.Clientset) {
	client.PrependReactor("create", "subjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
		review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SubjectAccessReview).DeepCopy()
		review.Status.Allowed = a.allowed(review.Spec)
		return true, review, nil
	})
}
