package cluster

import (
	"strings"
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	networkingapi "istio.io/api/networking/v1alpha3"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

const text = `apiVersion: v1
kind: Namespace
metadata: {name: in, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: out}
---
apiVersion: v1
kind: Service
metadata: {name: db-headless, namespace: in}
spec:
  clusterIP: None
  selector: {app: db}
  ports: [{name: tcp, port: 5432, targetPort: pg}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: in}
spec:
  selector: {app: db}
  ports: [{name: tcp, port: 5432, targetPort: pg}, {name: http, port: 80}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: in}
spec:
  serviceName: db-headless
  replicas: 3
  ordinals: {start: 1}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db, ports: [{name: pg, containerPort: 15432}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: plain, namespace: in}
spec:
  selector: {matchLabels: {app: plain}}
  template:
    metadata: {labels: {app: plain, sidecar.istio.io/inject: "false"}}
    spec: {containers: [{name: a, image: a}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: gateway, namespace: out}
spec:
  selector: {matchLabels: {app: gateway}}
  template:
    metadata: {labels: {app: gateway, sidecar.istio.io/inject: "true"}, annotations: {inject.istio.io/templates: gateway}}
    spec: {containers: [{name: istio-proxy, image: auto}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: legacy, namespace: in}
spec:
  hosts: [myapp.local]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 192.168.0.1}]
`

func build(t *testing.T, world scenario.World) *State {
	t.Helper()
	objects, err := manifests.Parse("f.yaml", text, 1)
	if err != nil {
		t.Fatal(err)
	}
	v, err := apiserver.Judge(objects, nil, nil)
	if err != nil || len(v.Findings) > 0 {
		t.Fatal(err, v.Findings)
	}
	s, err := Build(Input{
		Name: "c", Kubernetes: v.Kubernetes, Custom: v.Custom, World: world, Addresses: NewAddresses(),
		Where: func(string, string, string) string { return "f.yaml:1" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ref(ns, name string) scenario.Ref { return scenario.Ref{Namespace: ns, Name: name} }

func TestPodsAreWhatControllersWouldMake(t *testing.T) {
	s := build(t, scenario.World{
		NotReady: []scenario.Ref{ref("in", "db-2")}, Localities: []scenario.Locality{{Workload: ref("in", "db-3"), Locality: "eu/eu-a"}},
		Unreachable: []scenario.Ref{ref("in", "db-2")},
		Impostors:   []scenario.Impostor{{Workload: ref("in", "db-1"), ServiceAccount: "thief"}},
	})
	got := map[string]*Pod{}
	addresses := map[string]bool{}
	for _, p := range s.Pods {
		got[p.WorkloadRef()+" "+p.Name] = p
		if addresses[p.Address] {
			t.Errorf("%s has another's address", p.Name)
		}
		addresses[p.Address] = true
	}
	for i, name := range []string{"db-1", "db-2", "db-3"} {
		p := got["in/db "+name]
		if p == nil {
			t.Fatalf("no pod %s; pods are %v", name, got)
		}
		if p.Role != Sidecar || p.Labels["statefulset.kubernetes.io/pod-name"] != name || p.Hostname != name || p.Subdomain != "db-headless" {
			t.Errorf("%+v", p)
		}
		if p.Unreachable != (i == 1) {
			t.Errorf("%s unreachable: %v", name, p.Unreachable)
		}
		if p.Ready == (i == 1) {
			t.Errorf("%s ready: %v", name, p.Ready)
		}
	}
	if got["in/db db-3"].Locality != "eu/eu-a" || got["in/db db-1"].CertificateOf != "thief" || got["in/db db-2"].CertificateOf != "default" {
		t.Error("the world's words did not reach the pods")
	}
	for _, p := range s.Pods {
		if p.Workload == "plain" && p.Role != Plain {
			t.Error("a pod that opted out has a sidecar")
		}
		if p.Workload == "gateway" && p.Role != Router {
			t.Error("an injected gateway is no router")
		}
	}
}

// Without measurements, an autoscaler keeps a workload within its bounds. It never starts a workload with 0 replicas.
func TestAutoscalersBoundReplicas(t *testing.T) {
	for _, c := range []struct {
		replicas, least *int32
		most            int32
		want            int
	}{
		{nil, ptr.To[int32](2), 5, 2}, {ptr.To[int32](3), ptr.To[int32](2), 5, 3}, {ptr.To[int32](9), nil, 5, 5}, {ptr.To[int32](0), ptr.To[int32](2), 5, 0},
	} {
		h := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Namespace: "x", Name: "h"}, Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: "d"}, MinReplicas: c.least, MaxReplicas: c.most,
		}}
		b := &builder{Input: Input{Kubernetes: []runtime.Object{h}}}
		if got := b.scaled("Deployment", metav1.ObjectMeta{Namespace: "x", Name: "d"}, c.replicas); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
		if got := b.scaled("StatefulSet", metav1.ObjectMeta{Namespace: "x", Name: "d"}, nil); got != 1 {
			t.Errorf("another workload has %d", got)
		}
	}
}

func TestEndpointsFollowNamedPortsAndReadiness(t *testing.T) {
	s := build(t, scenario.World{NotReady: []scenario.Ref{ref("in", "db-2")}})
	for _, o := range s.Objects {
		slice, ok := o.(*discoveryv1.EndpointSlice)
		if !ok || slice.Name != "db-slice" {
			continue
		}
		ports := map[string]int32{}
		for _, p := range slice.Ports {
			ports[*p.Name] = *p.Port
		}
		if ports["tcp"] != 15432 || ports["http"] != 80 {
			t.Errorf("ports %v", ports)
		}
		ready := 0
		for _, e := range slice.Endpoints {
			if *e.Conditions.Ready {
				ready++
			}
		}
		if len(slice.Endpoints) != 3 || ready != 2 {
			t.Errorf("%d endpoints, %d ready", len(slice.Endpoints), ready)
		}
		return
	}
	t.Error("no slice")
}

func TestServicesGetAddresses(t *testing.T) {
	for _, s := range build(t, scenario.World{}).Services {
		if headless := s.Name == "db-headless"; headless != (s.Spec.ClusterIP == corev1.ClusterIPNone) || s.Spec.ClusterIP == "" {
			t.Errorf("%s has %q", s.Name, s.Spec.ClusterIP)
		}
	}
}

func TestServiceEntriesGetAutomaticAddresses(t *testing.T) {
	for _, c := range build(t, scenario.World{}).Configs {
		status, _ := c.Status.(*networkingapi.ServiceEntryStatus)
		if status == nil || len(status.Addresses) != 1 || !strings.HasPrefix(status.Addresses[0].Value, "240.240.") || status.Addresses[0].Host != "myapp.local" {
			t.Errorf("%s: %v", c.Name, c.Status)
		}
		if c.Domain != "cluster.local" {
			t.Errorf("domain %q: short names would fail", c.Domain)
		}
	}
}

func TestAddressesAreStableAndApart(t *testing.T) {
	a := NewAddresses()
	first := a.Pod("one", "x/a")
	if other := a.Pod("two", "x/a"); other == first || a.Pod("one", "x/a") != first || a.Pod("one", "x/b") == first {
		t.Error("addresses repeat or change")
	}
	for key, want := range map[string]string{
		"pod Kubernetes:x/a": "pod x/a", "pod Kubernetes x/a": "pod x/a", "pod west:x/a": "pod west:x/a", "svc west x/a": "Service west:x/a", "lb Kubernetes x/a": "the load balancer of x/a",
	} {
		if got := holder(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if who, ok := a.Claim(first, "pod thief"); ok || who == "" {
		t.Error("a taken address was given away")
	}
}
