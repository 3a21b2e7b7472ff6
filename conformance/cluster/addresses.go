package cluster

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// Addresses assigns addresses. One key has the same address for the whole run, over all steps.
// Every cluster has its own ranges, so that two clusters' pods can never be mistaken for each other.
type Addresses struct {
	index map[string]int
	given map[string]string
	next  map[string]int
	taken map[string]string
}

// NewAddresses starts empty.
func NewAddresses() *Addresses {
	return &Addresses{index: map[string]int{}, given: map[string]string{}, next: map[string]int{}, taken: map[string]string{}}
}

func (a *Addresses) cluster(name string) int {
	if i, ok := a.index[name]; ok {
		return i
	}
	a.index[name] = len(a.index)
	return a.index[name]
}

// PodRange is the range of one cluster's pods, as CIDR.
func (a *Addresses) PodRange(cluster string) string {
	return fmt.Sprintf("10.%d.0.0/16", 16+a.cluster(cluster))
}

// ServiceRange is the range of one cluster's Services.
func (a *Addresses) ServiceRange(cluster string) string {
	return fmt.Sprintf("10.%d.0.0/16", 96+a.cluster(cluster))
}

// Node is the address that all nodes of a cluster share.
func (a *Addresses) Node(cluster string) string {
	return fmt.Sprintf("172.30.%d.1", a.cluster(cluster))
}

// ServiceEntryRange is where istiod takes automatic addresses from.
const ServiceEntryRange = "240.240.0.0/16"

func (a *Addresses) take(key, format string, first int) string {
	if ip, ok := a.given[key]; ok {
		return ip
	}
	for {
		a.next[format]++
		n := a.next[format] + first
		ip := fmt.Sprintf(format, n/250, n%250+1)
		if a.taken[ip] == "" {
			a.given[key], a.taken[ip] = ip, key
			return ip
		}
	}
}

// Pod is the address of a pod.
func (a *Addresses) Pod(cluster, ref string) string {
	return a.take("pod "+cluster+" "+ref, fmt.Sprintf("10.%d.%%d.%%d", 16+a.cluster(cluster)), 250)
}

// Service is the cluster IP of a Service.
func (a *Addresses) Service(cluster, ref string) string {
	return a.take("svc "+cluster+" "+ref, fmt.Sprintf("10.%d.%%d.%%d", 96+a.cluster(cluster)), 250)
}

// LoadBalancer is the public address of a Service; the range is reserved for documentation and never routed.
func (a *Addresses) LoadBalancer(cluster, ref string) string {
	return a.take("lb "+cluster+" "+ref, "198.18.%d.%d", 250)
}

// ServiceEntry is the automatic address of a host.
func (a *Addresses) ServiceEntry(cluster, ref string) string {
	return a.take("se "+cluster+" "+ref, "240.240.%d.%d", 0)
}

// Claim reserves a given address, and reports its present owner.
func (a *Addresses) Claim(ip, who string) (before string, ok bool) {
	if before := a.taken[ip]; before != "" && before != who {
		return before, false
	}
	a.taken[ip] = who
	return "", true
}

// holder describes the owner of an address, from its key.
func holder(key string) string {
	kind, what, _ := strings.Cut(key, " ")
	what = strings.Replace(strings.TrimPrefix(strings.TrimPrefix(what, Sole+":"), Sole+" "), " ", ":", 1)
	words := map[string]string{"pod": "pod ", "svc": "Service ", "lb": "the load balancer of ", "se": "ServiceEntry "}
	return words[kind] + what
}

// suffix is a stable imitation of the random end of a Deployment's pod names.
func suffix(key string, n int) string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %d", key, n)
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	v := h.Sum32()
	var out []byte
	for i := 0; i < 5; i++ {
		out = append(out, letters[v%uint32(len(letters))])
		v /= uint32(len(letters))
	}
	return string(out)
}
