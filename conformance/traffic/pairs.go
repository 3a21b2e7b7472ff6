package traffic

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/tokens"
)

// bear adds a token to a caller.
func (r *Runner) bear(c *caller, t *scenario.JWT) {
	signed, err := r.Mint.Sign(tokens.Token{
		Issuer: t.Issuer, Subject: t.Subject, Audiences: t.Audiences, Claims: t.Claims, Expired: t.Expired, Untrusted: t.Untrusted,
	})
	if err != nil {
		signed = err.Error() // refused like any invalid token
	}
	if t.Header != "" {
		c.headers[t.Header] = signed
		return
	}
	c.headers["authorization"] = "Bearer " + signed
}

// Pair is a caller and a port of a Service, declared or not.
type Pair struct {
	From    *cluster.Pod
	Service *corev1.Service
	Port    corev1.ServicePort
	// Backends are the pods that would answer, at Target.
	Backends []*cluster.Pod
	Target   int32
	// Declared is set if the pair may reach them. Alike is set if another Service of the same pods and port is declared.
	Declared *scenario.Pair
	Alike    bool
	// Refused is set if a certain request must not reach them.
	Refused *scenario.Pair
}

func (p *Pair) String() string {
	text := fmt.Sprintf("%s -> %s/%s:%d", p.From.WorkloadRef(), p.Service.Namespace, p.Service.Name, p.Port.Port)
	if d := cmp.Or(p.Declared, p.Refused); d != nil {
		text = strings.TrimRight(fmt.Sprintf("%s %s %s", text, d.Method, d.Path), " ")
	}
	return text
}

// Asked are the pairs of `pairs`: the listed pairs with `only`, otherwise all pairs.
func Asked(state *cluster.State, p *scenario.Pairs) (pairs []*Pair, missing []string) {
	all, missing := AllPairs(state, slices.Concat(p.Declared, p.Refused))
	if !p.Only {
		return all, missing
	}
	for _, named := range []struct {
		list    []scenario.Pair
		refused bool
	}{{p.Declared, false}, {p.Refused, true}} {
		for i := range named.list {
			d := &named.list[i]
			for _, pair := range all {
				if !pair.is(d) {
					continue
				}
				one := &Pair{From: pair.From, Service: pair.Service, Port: pair.Port, Backends: pair.Backends, Target: pair.Target, Declared: d}
				if named.refused {
					one.Declared, one.Refused = nil, d
				}
				pairs = append(pairs, one)
			}
		}
	}
	return pairs, missing
}

// is reports whether a pair of requests.yaml means this one.
func (p *Pair) is(d *scenario.Pair) bool {
	return d.From.String() == p.From.WorkloadRef() && d.To.String() == p.Service.Namespace+"/"+p.Service.Name && d.Port == int(p.Port.Port)
}

// AllPairs is every workload against every TCP port of every Service with pods. Other declared pairs are missing.
func AllPairs(state *cluster.State, declared []scenario.Pair) (pairs []*Pair, missing []string) {
	used := map[*scenario.Pair]bool{}
	for _, from := range callers(state) {
		for _, service := range state.Services {
			backends := state.Backends(service)
			if service.Spec.Type == corev1.ServiceTypeExternalName || len(backends) == 0 || backends[0].Role == cluster.Router {
				continue
			}
			for _, port := range service.Spec.Ports {
				targets := state.Destinations(service, port)
				if port.Protocol == corev1.ProtocolUDP || len(targets) == 0 {
					continue
				}
				pair := &Pair{From: from, Service: service, Port: port, Backends: backends, Target: targets[0].Port}
				for i := range declared {
					d := &declared[i]
					if pair.is(d) {
						pair.Declared, used[d] = d, true
					}
				}
				pairs = append(pairs, pair)
			}
		}
	}
	for i := range declared {
		if d := &declared[i]; !used[d] {
			missing = append(missing, fmt.Sprintf("%s -> %s:%d: it was declared, and there is no such caller, or no such port of a Service with pods", d.From, d.To, d.Port))
		}
	}
	for _, p := range pairs {
		for _, other := range pairs {
			same := other.From == p.From && other.Target == p.Target && other.Backends[0] == p.Backends[0]
			p.Alike = p.Alike || (p.Declared == nil && other.Declared != nil && same)
		}
	}
	return pairs, missing
}

// callers is one pod of each workload, in a fixed order.
func callers(state *cluster.State) []*cluster.Pod {
	byName := map[string]*cluster.Pod{}
	var names []string
	for _, p := range state.Pods {
		if byName[p.WorkloadRef()] == nil {
			byName[p.WorkloadRef()] = p
			names = append(names, p.WorkloadRef())
		}
	}
	sort.Strings(names)
	pods := make([]*cluster.Pod, 0, len(names))
	for _, name := range names {
		pods = append(pods, byName[name])
	}
	return pods
}

// Pairs sends one request for each pair. What comes through gateways is left to requests: their pods start no calls of their own.
func (r *Runner) Pairs(name string, pairs []*Pair, withSidecars bool) *Result {
	began := time.Now()
	var tried []*Pair
	reached, declared := 0, 0
	for _, p := range pairs {
		// Two names of one port of the same pods are equal for the server: only the caller's sidecar distinguishes them.
		if p.From.Role == cluster.Router || (p.Alike && !withSidecars) {
			continue
		}
		tried = append(tried, p)
		if p.Declared != nil {
			declared++
		}
	}
	result := &Result{Name: name, From: "all callers", URL: "all Services", Count: len(tried)}
	failures := make([]string, len(tried))
	came := make([]bool, len(tried))
	var wait sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := worker; i < len(tried); i += 8 {
				came[i], failures[i] = r.try(tried[i])
			}
		}()
	}
	wait.Wait()
	for i, text := range failures {
		if came[i] {
			reached++
		}
		if text != "" {
			result.Failures = append(result.Failures, text)
		}
	}
	result.Expected = fmt.Sprintf("%d of %d pairs reach an application, no other does", declared, len(tried))
	result.Seen = fmt.Sprintf("%d", reached)
	result.OK = len(result.Failures) == 0
	result.Took = time.Since(began)
	r.Plane.Logs.Forget()
	r.Plane.Hits.Forget()
	return result
}

// try sends the request of a pair: the declared one, or any other.
func (r *Runner) try(p *Pair) (reached bool, failure string) {
	path, method := "/", "GET"
	if d := cmp.Or(p.Declared, p.Refused); d != nil {
		path, method = orElse(d.Path, path), orElse(d.Method, method)
	}
	scheme := map[string]string{"http": "http", "http2": "http2", "grpc": "grpc"}[protocolOf(p.Port)]
	url := fmt.Sprintf("%s://%s.%s.svc.cluster.local:%d%s", orElse(scheme, "tcp"), p.Service.Name, p.Service.Namespace, p.Port.Port, path)
	from := scenario.Ref{Cluster: p.From.Cluster, Namespace: p.From.Namespace, Name: p.From.Name}
	t, err := r.aim(from, scenario.Ref{}, url, nil)
	if err != nil {
		return false, fmt.Sprintf("%s: %v", p, err)
	}
	// Traffic of a pod to its own address passes no proxy and no network.
	t.caller.addresses = slices.DeleteFunc(slices.Clone(t.caller.addresses), func(a string) bool { return a == p.From.Address })
	if len(t.caller.addresses) == 0 {
		return false, ""
	}
	r.tune(t.caller, &scenario.Request{Method: method})
	t.caller.timeout = 4 * time.Second
	t.caller.prepare()
	defer t.caller.close()
	seen := t.caller.call()
	reached = seen.Echo != nil || len(r.Plane.Hits.Of(seen.ID)) > 0
	switch {
	case reached && p.Declared == nil:
		return reached, fmt.Sprintf("%s: undeclared, and it arrived (%s)", p, answer(seen))
	case !reached && p.Declared != nil:
		return reached, fmt.Sprintf("%s: it was declared, and did not come through (%s); %s", p, answer(seen), explain(r.Plane, seen))
	}
	return reached, ""
}

// protocolOf a port, as Istio reads it.
func protocolOf(port corev1.ServicePort) string {
	if port.AppProtocol != nil {
		return strings.ToLower(*port.AppProtocol)
	}
	first, _, _ := strings.Cut(port.Name, "-")
	return first
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
