package scenario

import "slices"

// Place names the cluster; empty if there is only one.
type Place struct {
	Cluster   string `yaml:"cluster"`
	Namespace string `yaml:"namespace"`
	Name      string `yaml:"name"`
	// Address is a fixed address.
	Address string `yaml:"address"`
}

// World has the objects that the manifests refer to but do not contain.
type World struct {
	Namespaces   []Namespace   `yaml:"namespaces"`
	Gateways     []Gateway     `yaml:"gateways"`
	Workloads    []Workload    `yaml:"workloads"`
	Clients      []Client      `yaml:"clients"`
	Outside      []Machine     `yaml:"outside"`
	PublicHosts  []PublicHosts `yaml:"publicHosts"`
	Certificates []Certificate `yaml:"certificates"`
	SpeaksTLS    []SpeaksTLS   `yaml:"speaksTls"`
	SpeaksFirst  []SpeaksFirst `yaml:"speaksFirst"`
	Localities   []Locality    `yaml:"localities"`
	NotReady     []Ref         `yaml:"notReady"`
	Impostors    []Impostor    `yaml:"impostors"`
	// Unreachable are workloads or pods that are ready but receive no packets: their node is gone.
	Unreachable []Ref `yaml:"unreachable"`
	// Issuers of tokens. A RequestAuthentication with one of them gets the key of the run, instead of its own `jwksUri`.
	Issuers []string `yaml:"issuers"`
	// Neighbours is a number of further Services, ten for each namespace, without callers.
	Neighbours int `yaml:"neighbours"`
}

// Namespace is an existing namespace.
type Namespace struct {
	Cluster string            `yaml:"cluster"`
	Name    string            `yaml:"name"`
	Labels  map[string]string `yaml:"labels"`
}

// Port of a Service that the manifests do not contain.
type Port struct {
	Name        string `yaml:"name"`
	Port        int    `yaml:"port"`
	TargetPort  int    `yaml:"targetPort"`
	AppProtocol string `yaml:"appProtocol"`
}

// Gateway is a gateway of another installation, such as the stock ingress gateway.
type Gateway struct {
	Place          `yaml:",inline"`
	Labels         map[string]string `yaml:"labels"`
	Ports          []Port            `yaml:"ports"`
	ServiceAccount string            `yaml:"serviceAccount"`
	// PublicHosts are the names that public DNS resolves to this gateway.
	PublicHosts []string `yaml:"publicHosts"`
}

// PublicHosts are names that public DNS resolves to a Service of the manifests.
type PublicHosts struct {
	Service Ref      `yaml:"service"`
	Hosts   []string `yaml:"hosts"`
}

// PodSecurity lists namespaces, or single workloads as namespace/name, by the level of Pod Security for their pods.
type PodSecurity struct {
	Baseline   []string `yaml:"baseline"`
	Restricted []string `yaml:"restricted"`
}

// Of is the level asked for a workload, the stricter where there are two; empty where none is.
func (p PodSecurity) Of(namespace, workload string) string {
	among := func(list []string) bool {
		return slices.Contains(list, namespace) || slices.Contains(list, namespace+"/"+workload)
	}
	switch {
	case among(p.Restricted):
		return "restricted"
	case among(p.Baseline):
		return "baseline"
	}
	return ""
}

// Workload is an existing Deployment, with a Service of the same name if it has ports.
type Workload struct {
	Place          `yaml:",inline"`
	Labels         map[string]string `yaml:"labels"`
	Ports          []Port            `yaml:"ports"`
	ServiceAccount string            `yaml:"serviceAccount"`
	Sidecar        bool              `yaml:"sidecar"`
	Replicas       int               `yaml:"replicas"`
}

// Client is a pod that only calls.
type Client struct {
	Place          `yaml:",inline"`
	Labels         map[string]string `yaml:"labels"`
	ServiceAccount string            `yaml:"serviceAccount"`
	Sidecar        bool              `yaml:"sidecar"`
	DNSCapture     bool              `yaml:"dnsCapture"`
}

// Machine is a server outside of every cluster, with its own address.
type Machine struct {
	Name    string        `yaml:"name"`
	Address string        `yaml:"address"`
	Hosts   []string      `yaml:"hosts"`
	Ports   []MachinePort `yaml:"ports"`
	line    int
}

// MachinePort is the protocol of a machine on a port.
type MachinePort struct {
	Port int `yaml:"port"`
	// Speaks is `any` (HTTP, HTTP/2 or plain TCP, by the first bytes) or `tls` (the same inside TLS).
	Speaks string `yaml:"speaks"`
	// ClientCertificate is `required` where the machine refuses callers without one.
	ClientCertificate string `yaml:"clientCertificate"`
}

// Certificate is a Secret of TLS material, signed by the run's public authority.
type Certificate struct {
	Place `yaml:",inline"`
	// Hosts that the certificate is for; a Secret without them holds the client authority alone.
	Hosts []string `yaml:"hosts"`
	// ClientCA adds the authority that signs client certificates, as ca.crt (for MUTUAL servers).
	ClientCA bool `yaml:"clientCA"`
	// Key is `ecdsa`, or `rsa`.
	Key  string `yaml:"key"`
	Line int    `yaml:"-"`
}

// SpeaksTLS is a port of a workload whose application terminates TLS itself, and accepts nothing else.
type SpeaksTLS struct {
	Workload Ref `yaml:"workload"`
	Port     int `yaml:"port"`
	// Hosts of its certificate. Without them it has a certificate for every SNI.
	Hosts []string `yaml:"hosts"`
	// ClientCertificate is `required` where the application refuses callers without one.
	ClientCertificate string `yaml:"clientCertificate"`
}

// SpeaksFirst is a port of a workload whose application sends the first line, and accepts only lines.
type SpeaksFirst struct {
	Workload Ref `yaml:"workload"`
	Port     int `yaml:"port"`
}

// Locality puts a workload's or pod's node into region/zone/subzone.
type Locality struct {
	Workload Ref    `yaml:"workload"`
	Locality string `yaml:"locality"`
}

// Impostor is a workload whose certificate has another ServiceAccount than its pod.
type Impostor struct {
	Workload       Ref    `yaml:"workload"`
	ServiceAccount string `yaml:"serviceAccount"`
}
