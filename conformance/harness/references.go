package harness

import (
	"net/url"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"istio.io/api/networking/v1alpha3"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/names"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

// checkReferences requires that every name in requests.yaml exists in the manifests or in its world.
func (l *loaded) checkReferences() error {
	states, known := map[string]*cluster.State{}, names.New()
	for _, m := range l.members {
		states[m.name] = m.state
		known.Set(m.state)
	}
	for _, machine := range l.file.World.Outside {
		for _, host := range machine.Hosts {
			known.Add(host, machine.Address)
		}
	}
	c := &references{l, states, known}
	alpha := traffic.AlphaFor(l.file.Requests)
	for _, q := range l.file.Requests {
		if err := c.request(q); err != nil {
			return err
		}
		if needed := traffic.Needed(q, alpha); q.Count > 0 && q.Count < needed {
			return l.file.Bad(q.Line, "request %q: count %d is too small for its shares, which take %d requests to be judged; without `count` they are sent", q.Name, q.Count, needed)
		}
	}
	for _, s := range l.file.Steps {
		if s.Cluster != "" && states[s.Cluster] == nil {
			return l.file.Bad(s.Line, "steps %q: unknown cluster %q", s.Name, s.Cluster)
		}
		if err := c.all(s.Line, s.Load.From, s.Load.Via); err != nil {
			return err
		}
		if err := c.host(s.Load.From, s.Load.Via, s.Load.URL); err != nil {
			return err
		}
	}
	if err := c.publicHosts(l.file.World.PublicHosts); err != nil {
		return err
	}
	if err := c.speaksTLS(l.file.World.SpeaksTLS); err != nil {
		return err
	}
	for _, s := range l.file.World.SpeaksFirst {
		if err := c.listens("speaksFirst", s.Workload, s.Port); err != nil {
			return err
		}
	}
	for _, r := range l.file.World.Localities {
		if err := c.all(1, r.Workload); err != nil {
			return err
		}
	}
	for _, r := range l.file.World.Impostors {
		if err := c.all(1, r.Workload); err != nil {
			return err
		}
	}
	return c.all(1, append(l.file.World.NotReady, l.file.World.Unreachable...)...)
}

type references struct {
	*loaded
	states map[string]*cluster.State
	known  *names.World
}

func (c *references) request(q *scenario.Request) error {
	refs := []scenario.Ref{q.From, q.Via, q.Expect.To}
	refs = append(refs, q.Expect.Via...)
	for ref := range q.Expect.Split {
		refs = append(refs, ref)
	}
	for ref := range q.Expect.Hits {
		refs = append(refs, ref)
	}
	for ref := range q.Expect.AllHits {
		refs = append(refs, ref)
	}
	for _, share := range q.Expect.Shares {
		refs = append(refs, share.Hits)
	}
	if q.Backend != nil {
		refs = append(refs, q.Backend.Only)
	}
	if m := q.Expect.Machine; m != nil {
		refs = append(refs, m.From)
		if m.Name != "" {
			refs = append(refs, scenario.Ref{Namespace: "outside", Name: m.Name, Line: q.Line})
		}
	}
	if err := c.all(q.Line, refs...); err != nil {
		return err
	}
	return c.host(q.From, q.Via, q.URL)
}

func (c *references) all(line int, refs ...scenario.Ref) error {
	for _, ref := range refs {
		if ref.IsZero() {
			continue
		}
		at := ref.Line
		if at == 0 {
			at = line
		}
		if ref.Cluster != "" && c.states[ref.Cluster] == nil {
			return c.file.Bad(at, "unknown cluster %q in %q", ref.Cluster, ref)
		}
		if ref.IsOutside() {
			if !c.machine(ref.Name) {
				return c.file.Bad(at, "unknown outside machine %q", ref.Name)
			}
			continue
		}
		if len(traffic.FindPods(c.states, ref)) == 0 {
			return c.file.Bad(at, "unknown workload %q: neither the manifests nor `world` have it (known: %s)", ref, c.some())
		}
	}
	return nil
}

func (c *references) machine(name string) bool {
	for _, m := range c.file.World.Outside {
		if m.Name == name {
			return true
		}
	}
	return name == "outside"
}

func (c *references) some() string {
	seen, list := map[string]bool{}, []string{}
	for _, m := range c.members {
		for _, p := range m.state.Pods {
			if !seen[p.WorkloadRef()] {
				seen[p.WorkloadRef()] = true
				list = append(list, p.WorkloadRef())
			}
		}
	}
	if len(list) > 12 {
		list = append(list[:12], "…")
	}
	return strings.Join(list, ", ")
}

// host requires that the host of a URL without a gateway is declared.
func (c *references) host(from, via scenario.Ref, raw scenario.Text) error {
	u, err := url.Parse(raw.Value)
	if err != nil || !via.IsZero() {
		return nil // a request to a gateway may have any host
	}
	clusterName, namespace := "", ""
	if !from.IsOutside() {
		pod := traffic.FindPods(c.states, from)[0]
		clusterName, namespace = pod.Cluster, pod.Namespace
	}
	if len(c.known.Lookup(clusterName, namespace, u.Hostname(), nil)) > 0 || c.entry(clusterName, u.Hostname()) {
		return nil
	}
	return c.file.Bad(raw.Line, "unknown host %q: no Service, pod, ServiceEntry, gateway or outside machine has this name for %s", u.Hostname(), from)
}

// entry looks through ServiceEntries.
func (c *references) entry(clusterName, host string) bool {
	state := c.states[clusterName]
	if state == nil {
		return false
	}
	for _, cfg := range state.Configs {
		spec, ok := cfg.Spec.(*v1alpha3.ServiceEntry)
		if !ok {
			continue
		}
		for _, h := range spec.Hosts {
			if h == host || (strings.HasPrefix(h, "*") && strings.HasSuffix(host, h[1:])) {
				return true
			}
		}
	}
	return false
}

// publicHosts requires that each host leads to an existing Service that is reachable from outside.
func (c *references) publicHosts(hosts []scenario.PublicHosts) error {
	for _, h := range hosts {
		found := false
		for name, state := range c.states {
			if s := state.Service(h.Service); s != nil && (h.Service.Cluster == "" || h.Service.Cluster == name) {
				found = true
				if state.PublicAddress(s) == "" {
					return c.file.Bad(h.Service.Line, "Service %q is reachable from inside its cluster only (type %s): public names cannot lead to it", h.Service, s.Spec.Type)
				}
			}
		}
		if !found {
			return c.file.Bad(h.Service.Line, "unknown Service %q: neither the manifests nor `world` have it", h.Service)
		}
	}
	return nil
}

// speaksTLS requires that the application listens on the port.
func (c *references) speaksTLS(ports []scenario.SpeaksTLS) error {
	for _, s := range ports {
		if err := c.listens("speaksTls", s.Workload, s.Port); err != nil {
			return err
		}
	}
	return nil
}

// listens reports whether the pods of a workload declare a port.
func (c *references) listens(field string, workload scenario.Ref, port int) error {
	if err := c.all(workload.Line, workload); err != nil {
		return err
	}
	for _, pod := range traffic.FindPods(c.states, workload) {
		if !slices.ContainsFunc(pod.Ports, func(p corev1.ContainerPort) bool { return int(p.ContainerPort) == port }) {
			return c.file.Bad(workload.Line, "%s: pod %s declares no container port %d", field, pod.Ref(), port)
		}
	}
	return nil
}
