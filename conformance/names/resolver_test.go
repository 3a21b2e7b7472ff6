package names

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

func world() *World {
	w := New()
	w.Set(&cluster.State{
		Name: "c",
		Services: []*corev1.Service{
			{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop"}, Spec: corev1.ServiceSpec{ClusterIP: "10.96.0.1"}},
			{ObjectMeta: metav1.ObjectMeta{Name: "db", Namespace: "shop"}, Spec: corev1.ServiceSpec{ClusterIP: "None", Selector: map[string]string{"app": "db"}}},
			{ObjectMeta: metav1.ObjectMeta{Name: "alias", Namespace: "shop"}, Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "bank.example.net"}},
		},
		Pods: []*cluster.Pod{
			{Namespace: "shop", Name: "db-0", Hostname: "db-0", Subdomain: "db", Address: "10.16.0.1", Ready: true, Labels: map[string]string{"app": "db"}},
			{Namespace: "shop", Name: "db-1", Hostname: "db-1", Subdomain: "db", Address: "10.16.0.2", Labels: map[string]string{"app": "db"}},
		},
		PublicHosts: map[string]string{"*.example.com": "198.18.0.1", "pod-*.example.org": "198.18.0.2"},
	})
	w.Add("bank.example.net", "203.0.113.1")
	return w
}

func TestLookup(t *testing.T) {
	w := world()
	captured := map[string][]string{"myapp.local": {"240.240.0.1"}}
	for _, c := range []struct {
		cluster, namespace, host string
		want                     []string
	}{
		{"c", "shop", "web", []string{"10.96.0.1"}},
		{"c", "other", "web", nil},
		{"c", "other", "web.shop", []string{"10.96.0.1"}},
		{"c", "other", "web.shop.svc.cluster.local", []string{"10.96.0.1"}},
		{"d", "shop", "web", nil},
		{"c", "shop", "db", []string{"10.16.0.1"}}, // db-1 is not ready
		{"c", "shop", "db-0.db", []string{"10.16.0.1"}},
		{"c", "shop", "db-1.db", nil},
		{"c", "shop", "alias", []string{"203.0.113.1"}},
		{"", "", "bank.example.net", []string{"203.0.113.1"}},
		{"", "", "shop.example.com", []string{"198.18.0.1"}},
		{"", "", "pod-7.example.org", []string{"198.18.0.2"}},
		{"", "", "pod-.example.org", nil},
		{"", "", "10.1.2.3", []string{"10.1.2.3"}},
	} {
		if got := w.Lookup(c.cluster, c.namespace, c.host, nil); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s in %s/%s: %v, want %v", c.host, c.cluster, c.namespace, got, c.want)
		}
	}
	if got := w.Lookup("c", "shop", "myapp.local", captured); !reflect.DeepEqual(got, captured["myapp.local"]) {
		t.Errorf("captured name: %v", got)
	}
	if got := w.Lookup("c", "shop", "myapp.local", nil); got != nil {
		t.Errorf("a name that only DNS capture knows resolves without it: %v", got)
	}
}
