package traffic

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// judgement compares the observations of one request with its expectation.
type judgement struct {
	r    *Runner
	q    *scenario.Request
	t    *target
	seen []*Observation
	// failures by kind of check: the first of each kind is reported in full, others are counted.
	first map[string]string
	bad   map[string]int
	order []string
	worst *Observation
	// missing counts the calls whose log line is still missing.
	missing map[*Observation]bool
}

// Envoy writes its log after the response. A failure counts only if no new line has come for this time.
// A busy machine delays single lines. If only some calls have their lines, the judge waits longest for the rest.
const (
	patience         = 400 * time.Millisecond
	patienceForLine  = 2 * time.Second
	patienceForLines = 5 * time.Second
)

// judge waits for the proxies' logs where the expectation needs them.
func (r *Runner) judge(q *scenario.Request, t *target, seen []*Observation, result *Result) {
	var j *judgement
	for since, logged := time.Now(), -1; ; time.Sleep(50 * time.Millisecond) {
		if lines := r.Plane.Logs.Lines(); lines != logged {
			since, logged = time.Now(), lines
		}
		j = &judgement{r: r, q: q, t: t, seen: seen, first: map[string]string{}, bad: map[string]int{}, missing: map[*Observation]bool{}}
		j.all()
		wait := patience
		switch n := len(j.missing); {
		case n > 0 && n < len(seen):
			wait = patienceForLines
		case n > 0:
			wait = patienceForLine
		}
		if len(j.order) == 0 || time.Since(since) >= wait {
			break
		}
	}
	for _, kind := range j.order {
		text := j.first[kind]
		if n := j.bad[kind]; n > 1 {
			text = fmt.Sprintf("%s (%d of %d)", text, n, len(seen))
		}
		result.Failures = append(result.Failures, text)
	}
	traced := seen[0]
	if j.worst != nil {
		traced = j.worst
	}
	result.Trace = hops(r.Plane, traced)
	result.Seen = j.summary()
}

func (j *judgement) fail(o *Observation, kind, format string, args ...any) {
	if j.bad[kind]++; j.bad[kind] > 1 {
		return
	}
	j.order = append(j.order, kind)
	text := fmt.Sprintf(format, args...)
	if o != nil {
		text += "; " + explain(j.r.Plane, o)
		if j.worst == nil {
			j.worst = o
		}
	}
	j.first[kind] = text
}

func (j *judgement) all() {
	e := j.q.Expect
	for _, o := range j.seen {
		if e.Refused.Yes {
			if o.Status != 0 || o.Echo != nil {
				j.fail(o, "refused", "expected no answer, got %s", answer(o))
			} else if !strings.Contains(o.Error, e.Refused.Why) {
				j.fail(o, "refused why", "refused with %q, not because of %q", o.Error, e.Refused.Why)
			}
			continue
		}
		if e.Denied {
			if o.Echo != nil || len(j.r.Plane.Hits.Of(o.ID)) > 0 {
				j.fail(o, "denied", "expected no delivery, got %s", answer(o))
			}
			continue
		}
		j.answered(o)
		if e.Arrives != nil {
			j.arrives(o, e.Arrives)
		}
		for name, want := range e.Response {
			if got := o.Headers[strings.ToLower(name)]; got != want {
				j.fail(o, "response "+name, "response header %s is %q, not %q", name, got, want)
			}
		}
		if e.Attempts > 0 {
			if hits := len(j.r.Plane.Hits.Of(o.ID)); hits != e.Attempts {
				j.fail(o, "attempts", "the backend was hit %d times, not %d", hits, e.Attempts)
			}
		}
		for ref, want := range e.Hits {
			if hits := j.hits(o, ref); hits != want {
				j.fail(o, "hits "+ref.String(), "%s was hit %d times, not %d", ref, hits, want)
			}
		}
		if e.Took != nil {
			j.took(o, e.Took)
		}
		if e.Certificate != "" {
			j.certificate(o, e.Certificate)
		}
		if e.TLS != nil {
			j.agreed(o, e.TLS)
		}
		if e.Machine != nil {
			j.machine(o, e.Machine)
		}
		if len(e.Via) > 0 || e.MTLS != nil || !e.Caller.IsZero() {
			j.path(o)
		}
	}
	j.split()
	j.answers()
	j.onePod()
	j.pods()
	j.unanswered()
	j.connections()
	j.shares()
	j.allHits()
}

// hits counts a request's arrivals at one workload or pod.
func (j *judgement) hits(o *Observation, ref scenario.Ref) (n int) {
	for _, h := range j.r.Plane.Hits.Of(o.ID) {
		if named(ref, h.Report.Who) {
			n++
		}
	}
	return n
}

func answer(o *Observation) string {
	text := fmt.Sprint(o.Status)
	if o.Status == 0 {
		text = "an answer"
	}
	if o.Echo != nil {
		text += " from " + o.Echo.Who.Name()
	}
	return text
}

func (j *judgement) answered(o *Observation) {
	e := j.q.Expect
	if len(e.Status) > 0 {
		ok := false
		for _, s := range e.Status {
			ok = ok || s == o.Status
		}
		if !ok {
			got := fmt.Sprint(o.Status)
			if o.Status == 0 {
				got = "no answer"
			}
			j.fail(o, "status", "status %s, not %s", got, statuses(e.Status))
			return
		}
	} else if o.Echo == nil && (!e.To.IsZero() || len(e.Split) > 0) {
		j.fail(o, "answer", "no answer from an application")
		return
	}
	if !e.To.IsZero() && (o.Echo == nil || !named(e.To, o.Echo.Who)) {
		from := "a proxy"
		if o.Echo != nil {
			from = o.Echo.Who.Name()
		}
		j.fail(o, "to", "answered by %s, not %s", from, e.To)
	}
}

func named(ref scenario.Ref, w echo.Who) bool {
	if w.Machine != "" {
		return ref.Namespace == "outside" && ref.Name == w.Machine
	}
	return (ref.Cluster == "" || ref.Cluster == w.Cluster) && ref.Namespace == w.Namespace && (ref.Name == w.Pod || ref.Name == w.Workload)
}

func (j *judgement) arrives(o *Observation, a *scenario.Arrives) {
	if o.Echo == nil {
		j.fail(o, "arrives", "nothing arrived at an application")
		return
	}
	for _, c := range []struct{ name, want, got string }{
		{"path", a.Path, o.Echo.Path}, {"host", a.Host, o.Echo.Host}, {"method", a.Method, o.Echo.Method}, {"protocol", a.Protocol, o.Echo.Protocol},
	} {
		if c.want != "" && c.want != c.got {
			j.fail(o, "arrives "+c.name, "%s arrived as %q, not %q", c.name, c.got, c.want)
		}
	}
	if a.TLS != nil {
		j.arrivesTLS(o, a.TLS)
	}
	for name, want := range a.Headers {
		got, present := o.Echo.Headers[strings.ToLower(name)]
		switch {
		case want == nil && present:
			j.fail(o, "arrives "+name, "header %s arrived (%q) and should not", name, got)
		case want != nil && *want != got:
			j.fail(o, "arrives "+name, "header %s arrived as %q, not %q", name, got, *want)
		}
	}
}

const tick = 10 * time.Millisecond

func (j *judgement) took(o *Observation, t *scenario.Took) {
	// The clocks of two processes differ.
	if least := time.Duration(t.AtLeast); o.Took < least-tick {
		j.fail(o, "took", "took %s, less than %s", o.Took.Round(time.Millisecond), least)
	}
	if most := time.Duration(t.AtMost); most != 0 && o.Took > most {
		j.fail(o, "took", "took %s, more than %s", o.Took.Round(time.Millisecond), most)
	}
}

func (j *judgement) machine(o *Observation, want *scenario.Seen) {
	if o.Echo == nil || o.Echo.Who.Machine == "" {
		j.fail(o, "machine", "no outside machine answered")
		return
	}
	got := o.Echo
	if want.Name != "" && want.Name != got.Who.Machine {
		j.fail(o, "machine", "outside machine %s answered, not %s", got.Who.Machine, want.Name)
	}
	if want.TLS != nil && *want.TLS != (got.TLS != nil) {
		j.fail(o, "machine tls", "the machine saw TLS: %v, not %v", got.TLS != nil, *want.TLS)
	}
	sni, client := "", ""
	if got.TLS != nil {
		sni, client = got.TLS.SNI, strings.Join(got.TLS.Client, ",")
	}
	if want.SNI != "" && want.SNI != sni {
		j.fail(o, "machine sni", "the machine saw SNI %q, not %q", sni, want.SNI)
	}
	if want.ClientCertificate != "" && !strings.Contains(client, want.ClientCertificate) {
		j.fail(o, "machine client", "the machine saw client certificate %q, not %q", client, want.ClientCertificate)
	}
	if !want.From.IsZero() {
		who := j.r.Plane.WhoIs(got.From)
		ok := false
		for _, p := range j.r.Pods(want.From) {
			ok = ok || p.Ref() == who
		}
		if !ok {
			j.fail(o, "machine from", "the machine was called by %s, not %s", who, want.From)
		}
	}
}

// path checks gateways passed, mutual TLS and identities, from the proxies' own logs.
func (j *judgement) path(o *Observation) {
	e := j.q.Expect
	chain := hops(j.r.Plane, o)
	for _, via := range e.Via {
		if !passed(chain, via) {
			j.missing[o] = true
			j.fail(o, "via "+via.String(), "did not pass %s", via)
		}
	}
	if e.MTLS == nil && e.Caller.IsZero() {
		return
	}
	var in *dataplane.Hop
	for _, h := range chain {
		if h.Way == "in" && answeredAt(o, h) {
			in = h
		}
	}
	if in == nil {
		if e.MTLS == nil || *e.MTLS || !e.Caller.IsZero() {
			j.missing[o] = true
			j.fail(o, "mtls", "no sidecar took it in, so no mutual TLS")
		}
		return
	}
	if !e.Caller.IsZero() {
		if want := cluster.Identity(e.Caller.Namespace, e.Caller.Name); in.Peer != want {
			j.fail(o, "caller", "the caller's identity is %q, not %q", in.Peer, want)
		}
	}
	if e.MTLS != nil {
		j.mutual(o, chain, in, *e.MTLS)
	}
}

// mutual compares both sides of the last hop with the identities of the pods.
func (j *judgement) mutual(o *Observation, chain []*dataplane.Hop, in *dataplane.Hop, want bool) {
	if !want {
		if in.Peer != "" {
			j.fail(o, "mtls", "mutual TLS with %s where plain text was expected", in.Peer)
		}
		return
	}
	var before *dataplane.Hop
	for _, h := range chain {
		if h.Way != "in" {
			before = h
		}
	}
	switch {
	case in.Peer == "" || in.TLS == "":
		j.fail(o, "mtls", "%s was reached without mutual TLS", in.At)
	case before == nil:
		j.missing[o] = true
		j.fail(o, "mtls", "no proxy on the caller's side")
	case in.Peer != before.Pod.Identity():
		j.fail(o, "mtls", "%s showed %q, not %q", before.At, in.Peer, before.Pod.Identity())
	case before.UpstreamPeer != in.Pod.Identity():
		j.fail(o, "mtls", "%s showed %q, not %q", in.At, before.UpstreamPeer, in.Pod.Identity())
	}
}

func passed(chain []*dataplane.Hop, via scenario.Ref) bool {
	for _, h := range chain {
		if h.Way == "through" && h.Pod.Namespace == via.Namespace && (h.Pod.Name == via.Name || h.Pod.Workload == via.Name) &&
			(via.Cluster == "" || via.Cluster == h.Pod.Cluster) {
			return true
		}
	}
	return false
}

// split compares shares by exact binomial regions; an answer from anywhere else is a failure by template.
func (j *judgement) split() {
	if len(j.q.Expect.Split) == 0 {
		return
	}
	counts, total := map[scenario.Ref]int{}, 0
	for _, o := range j.seen {
		if o.Echo == nil {
			continue
		}
		total++
		found := false
		for ref := range j.q.Expect.Split {
			if named(ref, o.Echo.Who) {
				counts[ref]++
				found = true
			}
		}
		if !found {
			j.fail(o, "split elsewhere", "answered by %s, which has no share", o.Echo.Who.Name())
		}
	}
	for _, ref := range sortedRefs(j.q.Expect.Split) {
		share := j.q.Expect.Split[ref] / 100
		region := Accept(total, share, j.r.Alpha)
		if got := counts[ref]; !region.Has(got) {
			j.fail(nil, "split "+ref.String(), "%s answered %d of %d (%.1f %%), not %g %% (%d to %d)",
				ref, got, total, 100*float64(got)/float64(max(total, 1)), share*100, region.Low, region.High)
		}
	}
}

func sortedRefs(m map[scenario.Ref]float64) []scenario.Ref {
	var refs []scenario.Ref
	for ref := range m {
		refs = append(refs, ref)
	}
	sort.Slice(refs, func(i, k int) bool { return refs[i].String() < refs[k].String() })
	return refs
}
