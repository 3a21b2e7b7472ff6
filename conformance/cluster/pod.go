// Package cluster creates what controllers and the kubelet create from
// manifests: pods with addresses and readiness, endpoint slices, cluster IPs,
// node localities and automatic addresses of ServiceEntries.
package cluster

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Role is the proxy of a pod.
type Role int

const (
	// Plain pods have no proxy.
	Plain Role = iota
	// Sidecar pods have all their TCP traffic intercepted.
	Sidecar
	// Router pods are gateways: Envoy is the application.
	Router
)

// Pod is one pod of the run.
type Pod struct {
	Cluster, Namespace, Name string
	// Workload is the Deployment, StatefulSet, Job … that owns the pod.
	Workload, WorkloadKind string
	Labels, Annotations    map[string]string
	ServiceAccount         string
	// CertificateOf is the service account in the pod's certificate: another than ServiceAccount for an impostor.
	CertificateOf string
	Address       string
	Node          string
	Locality      string
	Ready         bool
	// Unreachable pods receive no packets of incoming connections.
	Unreachable bool
	Role        Role
	// Stock pods are of `world`, not of the manifests.
	Stock      bool
	DNSCapture bool
	// Metadata is what the pod's annotations add to that of its proxy.
	Metadata map[string]any
	Ports    []corev1.ContainerPort
	// Hostname and Subdomain give a pod of a headless Service its own name.
	Hostname, Subdomain string
	Containers          []corev1.Container
	// Source is the place of the manifest, for messages.
	Source string
}

// Ref is how requests.yaml names the pod.
func (p *Pod) Ref() string { return p.Namespace + "/" + p.Name }

// WorkloadRef is how requests.yaml names the pod's workload.
func (p *Pod) WorkloadRef() string { return p.Namespace + "/" + p.Workload }

// Key is unique over all clusters.
func (p *Pod) Key() string { return p.Cluster + ":" + p.Namespace + "/" + p.Name }

// Sole is the name of the cluster where requests.yaml names none: Istio's own default. No message shows it.
const Sole = "Kubernetes"

// named is the pod in messages, with its cluster where there are several.
func (p *Pod) named() string { return strings.TrimPrefix(p.Key(), Sole+":") }

// Identity is the SPIFFE name that the pod should have.
func (p *Pod) Identity() string { return Identity(p.Namespace, p.ServiceAccount) }

// Identity is the SPIFFE name of a service account.
func Identity(namespace, serviceAccount string) string {
	return fmt.Sprintf("spiffe://cluster.local/ns/%s/sa/%s", namespace, serviceAccount)
}

// object is the Pod as the API server would hold it once it runs.
func (p *Pod) object(node string) *corev1.Pod {
	labels := map[string]string{}
	for k, v := range p.Labels {
		labels[k] = v
	}
	containers := append([]corev1.Container{}, p.Containers...)
	switch p.Role {
	case Sidecar:
		// What the injector adds and istiod reads.
		labels["security.istio.io/tlsMode"] = "istio"
		containers = append(containers, corev1.Container{Name: "istio-proxy", Image: "istio/proxyv2"})
	case Router:
		if len(containers) == 0 {
			containers = []corev1.Container{{Name: "istio-proxy", Image: "auto", Ports: p.Ports}}
		}
	}
	ready := corev1.ConditionFalse
	if p.Ready {
		ready = corev1.ConditionTrue
	}
	return &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Name: p.Name, Namespace: p.Namespace, Labels: labels, Annotations: p.Annotations, UID: types.UID(p.Key()),
		},
		Spec: corev1.PodSpec{
			ServiceAccountName: p.ServiceAccount, NodeName: p.Node, Containers: containers,
			Hostname: p.Hostname, Subdomain: p.Subdomain,
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: p.Address, PodIPs: []corev1.PodIP{{IP: p.Address}}, HostIP: node,
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodReady, Status: ready}, {Type: corev1.ContainersReady, Status: ready},
				{Type: corev1.PodInitialized, Status: corev1.ConditionTrue}, {Type: corev1.PodScheduled, Status: corev1.ConditionTrue},
			},
		},
	}
}

// targetPort resolves a Service port on this pod; 0 where the pod has no such named port.
func (p *Pod) targetPort(port corev1.ServicePort) int32 {
	if port.TargetPort.StrVal != "" {
		for _, c := range p.Ports {
			if c.Name == port.TargetPort.StrVal {
				return c.ContainerPort
			}
		}
		return 0
	}
	if port.TargetPort.IntVal != 0 {
		return port.TargetPort.IntVal
	}
	return port.Port
}
