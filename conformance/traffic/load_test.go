package traffic

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
)

func TestRolloutEndsAtWorkloadOrPod(t *testing.T) {
	one, two := echo.Who{Namespace: "shop", Pod: "cart-0", Workload: "cart"}, echo.Who{Namespace: "shop", Pod: "cart-1", Workload: "cart"}
	for _, c := range []struct {
		last []echo.Who
		ends string
		want string
	}{
		{[]echo.Who{one, two}, "shop/cart", ""},
		{[]echo.Who{one, one}, "shop/cart-0", ""},
		{[]echo.Who{two, one, two}, "shop/cart-0", "shop/cart-1"},
		{[]echo.Who{two, one}, "shop/web", "shop/cart-0 and shop/cart-1"},
		{nil, "shop/cart", "no workload"},
	} {
		if got := (&LoadResult{Last: c.last}).EndsElsewhere(ref(c.ends)); got != c.want {
			t.Errorf("%s: %q, want %q", c.ends, got, c.want)
		}
	}
}

func TestServiceThatLeadsNowhereIsNamed(t *testing.T) {
	service := &corev1.Service{Spec: corev1.ServiceSpec{ClusterIPs: []string{"10.96.1.1"}, Selector: map[string]string{"app": "cart"}, Ports: []corev1.ServicePort{{Port: 80}}}}
	service.Namespace, service.Name = "shop", "cart"
	pod := &cluster.Pod{Namespace: "shop", Name: "cart-1", Labels: map[string]string{"app": "cart"}, Address: "10.16.1.1"}
	states := map[string]*cluster.State{"c": {Services: []*corev1.Service{service}, Pods: []*cluster.Pod{pod}}}
	for _, c := range []struct {
		ready             bool
		address, port, is string
	}{
		{false, "10.96.1.1", "80", "Service shop/cart selects no ready pod"},
		{true, "10.96.1.1", "80", ""},
		{true, "10.96.1.1", "81", "Service shop/cart has no port 81"},
		{false, "10.96.1.2", "80", ""},
	} {
		pod.Ready = c.ready
		if got := deadEnd(states, []string{c.address}, c.port); got != c.is {
			t.Errorf("%+v: %q", c, got)
		}
		seen := []*Observation{{Error: unreachable}, {Status: 200}}
		(&Runner{States: states}).blame(&caller{addresses: []string{c.address}, port: c.port}, seen)
		if want := c.is; want != "" && seen[0].Error != want || want == "" && seen[0].Error != unreachable || seen[1].Error != "" {
			t.Errorf("%+v: %q", c, seen[0].Error)
		}
	}
}
