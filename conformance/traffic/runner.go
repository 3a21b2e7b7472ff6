package traffic

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/network"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/tokens"
)

// Runner sends requests into a running world.
type Runner struct {
	Plane  *dataplane.Plane
	States map[string]*cluster.State
	// Captured is the name table of a pod's DNS proxy.
	Captured func(pod *cluster.Pod) map[string][]string
	// Alpha is each share's part of the false alarms that a run may have.
	Alpha float64
	// Mint signs the tokens that callers send.
	Mint *tokens.Mint

	// streamed is when the last connections of plain TCP ended.
	streamed time.Time
}

// Result is one line of the report.
type Result struct {
	Name     string   `json:"name"`
	From     string   `json:"from"`
	URL      string   `json:"url"`
	Count    int      `json:"count"`
	Expected string   `json:"expected"`
	Seen     string   `json:"seen"`
	OK       bool     `json:"ok"`
	Failures []string `json:"failures,omitempty"`
	// Trace holds the hops of the first request, or of the first that failed.
	Trace []*dataplane.Hop `json:"trace,omitempty"`
	Took  time.Duration    `json:"took"`
}

// target is where a request goes and who sends it.
type target struct {
	caller *caller
	pod    *cluster.Pod // nil outside
}

// Pods finds the pods of a reference. One reference may match in several clusters.
func (r *Runner) Pods(ref scenario.Ref) []*cluster.Pod { return FindPods(r.States, ref) }

// FindPods is Pods without a running world.
func FindPods(states map[string]*cluster.State, ref scenario.Ref) []*cluster.Pod {
	var pods []*cluster.Pod
	for name, s := range states {
		if ref.Cluster != "" && ref.Cluster != name {
			continue
		}
		for _, p := range s.Pods {
			if p.Namespace == ref.Namespace && (p.Name == ref.Name || p.Workload == ref.Name) {
				pods = append(pods, p)
			}
		}
	}
	return pods
}

// Addresses resolves a host name for a caller, nil if unknown.
func (r *Runner) Addresses(pod *cluster.Pod, host string) []string {
	if pod == nil {
		return r.Plane.Names.Lookup("", "", host, nil)
	}
	var captured map[string][]string
	if pod.DNSCapture && r.Captured != nil {
		captured = r.Captured(pod)
	}
	return r.Plane.Names.Lookup(pod.Cluster, pod.Namespace, host, captured)
}

func (r *Runner) aim(from, via scenario.Ref, rawURL string, headers map[string]string) (*target, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	t := &target{caller: &caller{target: u, port: u.Port(), headers: map[string]string{}, method: "GET", timeout: 15 * time.Second}}
	for k, v := range headers {
		t.caller.headers[k] = v
	}
	if t.caller.port == "" {
		t.caller.port = map[string]string{"http": "80", "https": "443", "http2": "80", "http2s": "443", "grpc": "80", "grpcs": "443"}[u.Scheme]
	}
	if from.IsOutside() {
		t.caller.space = r.Plane.Space(from.Name)
	} else if pods := r.Pods(from); len(pods) > 0 {
		t.pod = pods[0]
		t.caller.space = r.Plane.Space(t.pod.Key())
	}
	if t.caller.space == nil {
		return nil, fmt.Errorf("caller %s does not run", from)
	}
	if !via.IsZero() {
		inside := ""
		if t.pod != nil {
			inside = t.pod.Cluster
		}
		if t.caller.addresses = r.entry(via, inside); len(t.caller.addresses) == 0 {
			return nil, fmt.Errorf("gateway %s has no Service with an address that %s could call", via, from)
		}
	} else if t.caller.addresses = r.Addresses(t.pod, u.Hostname()); len(t.caller.addresses) == 0 {
		return t, fmt.Errorf("%s does not resolve for %s", u.Hostname(), from)
	}
	return t, nil
}

// entry is the address of the Service in front of a gateway, as the caller reaches it: a load balancer before a node, and the
// cluster's own address only from inside.
func (r *Runner) entry(ref scenario.Ref, inside string) []string {
	rank, best := 0, ""
	consider := func(s *cluster.State, service *corev1.Service) {
		address, worth := s.PublicAddress(service), 1
		switch {
		case len(service.Status.LoadBalancer.Ingress) > 0:
			worth = 3
		case address != "":
			worth = 2
		case inside == s.Name && service.Spec.ClusterIP != corev1.ClusterIPNone:
			address = service.Spec.ClusterIP
		}
		if address != "" && worth > rank {
			rank, best = worth, address
		}
	}
	for _, pod := range r.Pods(ref) {
		s := r.States[pod.Cluster]
		for _, service := range s.Services {
			if slices.Contains(s.Backends(service), pod) {
				consider(s, service)
			}
		}
	}
	// A gateway whose Service selects no pod is still named by its Service.
	for name, s := range r.States {
		if service := s.Service(ref); best == "" && service != nil && (ref.Cluster == "" || ref.Cluster == name) {
			consider(s, service)
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

// Run sends one request as often as needed, and checks the results.
func (r *Runner) Run(q *scenario.Request) *Result {
	began := time.Now()
	result := &Result{Name: q.Name, From: q.From.String(), URL: q.URL.Value, Expected: expected(q)}
	t, err := r.aim(q.From, q.Via, q.URL.Value, q.Headers)
	var seen []*Observation
	switch {
	case err != nil && t == nil:
		result.Failures = []string{err.Error()}
		result.Seen = "not sent"
	case err != nil:
		seen = []*Observation{{ID: newID(), Error: err.Error()}}
	default:
		r.tune(t.caller, q)
		time.Sleep(time.Duration(q.After))
		seen = r.alone(t.caller, func() []*Observation { return r.send(t.caller, r.count(q), q.Parallel) })
		r.blame(t.caller, seen)
	}
	result.Count = len(seen)
	if len(seen) > 0 {
		r.judge(q, t, seen, result)
	}
	result.OK = len(result.Failures) == 0
	result.Took = time.Since(began)
	r.Plane.Logs.Forget()
	r.Plane.Hits.Forget()
	return result
}

func (r *Runner) tune(c *caller, q *scenario.Request) {
	if q.Method != "" {
		c.method = strings.ToUpper(q.Method)
	}
	if strings.HasPrefix(c.target.Scheme, "grpc") {
		c.method = "POST"
	}
	if q.Timeout != 0 {
		c.timeout = time.Duration(q.Timeout)
	}
	if t := q.JWT; t != nil {
		r.bear(c, t)
	}
	if b := q.Backend; b != nil {
		if b.Status != 0 {
			c.headers[echo.HeaderStatus] = strconv.Itoa(b.Status)
		}
		if b.Delay != 0 {
			c.headers[echo.HeaderDelay] = time.Duration(b.Delay).String()
		}
		if b.FirstHits != 0 {
			c.headers[echo.HeaderFirstHits] = strconv.Itoa(b.FirstHits)
		}
		if !b.Only.IsZero() {
			c.headers[echo.HeaderOnly] = b.Only.Namespace + "/" + b.Only.Name
		}
	}
	c.waits = q.Waits
	c.every, c.lines, c.reconnect, c.cookies = time.Duration(q.Every), max(q.Lines, 1), q.Reconnect, q.Cookies
	c.reason = q.Expect.Refused.Why != ""
	c.preamble = preamble(q.ProxyProtocol)
	r.tuneTLS(c, q.TLS)
}

// count is the sample size of a split, or the configured count if it is higher.
func (r *Runner) count(q *scenario.Request) int {
	return max(q.Count, 1, Needed(q, r.Alpha))
}

// Needed is the number of requests for an expected split or share, 0 without one.
func Needed(q *scenario.Request, alpha float64) (n int) {
	for _, s := range q.Expect.Shares {
		n = max(n, SampleSize([]float64{s.Percent / 100, 1 - s.Percent/100}, alpha))
	}
	if len(q.Expect.Split) == 0 {
		return n
	}
	var shares []float64
	for _, s := range q.Expect.Split {
		shares = append(shares, s/100)
	}
	return max(n, SampleSize(shares, alpha))
}

// AlphaFor shares the false alarms of a run among all its weight checks.
func AlphaFor(requests []*scenario.Request) float64 {
	shares := 0
	for _, q := range requests {
		shares += len(q.Expect.Split) + len(q.Expect.Shares)
	}
	return FalseAlarms / float64(max(shares, 1))
}

// blame names the Service without a destination, if a caller without a proxy got no response at its address.
func (r *Runner) blame(c *caller, seen []*Observation) {
	why, asked := "", false
	for _, o := range seen {
		if o.Error != unreachable {
			continue
		}
		if !asked {
			why, asked = deadEnd(r.States, c.addresses, c.port), true
		}
		if why != "" {
			o.Error = why
		}
	}
}

// deadEnd explains why the address of a Service has no destination. It is empty if there is one, or if the address belongs to no Service.
func deadEnd(states map[string]*cluster.State, addresses []string, port string) string {
	for _, s := range states {
		for _, service := range s.Services {
			if !hasAddress(service, addresses) {
				continue
			}
			name := service.Namespace + "/" + service.Name
			for _, p := range service.Spec.Ports {
				if strconv.Itoa(int(p.Port)) != port {
					continue
				}
				if len(s.Destinations(service, p)) == 0 {
					return fmt.Sprintf("Service %s selects no ready pod", name)
				}
				return ""
			}
			return fmt.Sprintf("Service %s has no port %s", name, port)
		}
	}
	return ""
}

func hasAddress(s *corev1.Service, addresses []string) bool {
	own := append([]string{}, s.Spec.ClusterIPs...)
	for _, b := range s.Status.LoadBalancer.Ingress {
		own = append(own, b.IP)
	}
	for _, ip := range own {
		if slices.Contains(addresses, ip) {
			return true
		}
	}
	return false
}

// alone sends plain TCP connections after the kernel has forgotten the earlier ones, because only their ports distinguish them.
func (r *Runner) alone(c *caller, send func() []*Observation) []*Observation {
	if c.target.Scheme != "tcp" && c.target.Scheme != "tls" {
		return send()
	}
	time.Sleep(time.Until(r.streamed.Add(network.Remembered + network.Remembered/4)))
	defer func() { r.streamed = time.Now() }()
	return send()
}

// send calls n times, with the configured or default parallelism.
func (r *Runner) send(c *caller, n, parallel int) []*Observation {
	c.prepare()
	defer c.close()
	seen := make([]*Observation, n)
	workers := max(parallel, 1)
	if parallel == 0 && n >= 100 {
		workers = 8
	}
	var wait sync.WaitGroup
	for w := 0; w < workers; w++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := w; i < n; i += workers {
				if i != w {
					time.Sleep(c.every)
				}
				seen[i] = c.callForReason()
			}
		}()
	}
	wait.Wait()
	return seen
}
