package traffic

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// expected describes an expectation briefly, for the table.
func expected(q *scenario.Request) string {
	e := q.Expect
	var words []string
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if e.Denied {
		add("denied")
	}
	if e.Refused.Yes {
		add("%s", strings.TrimSpace("refused "+e.Refused.Why))
	}
	if len(e.Status) > 0 {
		add("%s", statuses(e.Status))
	}
	if len(e.Answers) > 0 {
		add("%s", byStatus(e.Answers))
	}
	if e.OnePod {
		add("one pod")
	}
	if e.Pods > 0 {
		add("%d pods", e.Pods)
	}
	if e.Unanswered != nil {
		add("%d unanswered", *e.Unanswered)
	}
	if e.Connections > 0 {
		add("%d connections", e.Connections)
	}
	for _, s := range e.Shares {
		add("%g %% %s", s.Percent, shareWords(s))
	}
	for ref, n := range e.AllHits {
		add("%d × %s in all", n, ref.Name)
	}
	if !e.To.IsZero() {
		add("from %s", e.To.Name)
	}
	if len(e.Split) > 0 {
		var shares []string
		for _, ref := range sortedRefs(e.Split) {
			shares = append(shares, fmt.Sprintf("%s %g", ref.Name, e.Split[ref]))
		}
		add("%s", strings.Join(shares, " / "))
	}
	for _, v := range e.Via {
		add("via %s", v.Name)
	}
	if e.MTLS != nil {
		add("%s", map[bool]string{true: "mTLS", false: "plain text"}[*e.MTLS])
	}
	if !e.Caller.IsZero() {
		add("caller %s", e.Caller)
	}
	if e.Attempts > 0 {
		add("%d hits", e.Attempts)
	}
	for ref, n := range e.Hits {
		add("%d × %s", n, ref.Name)
	}
	if e.Took != nil {
		add("in time")
	}
	if e.Arrives != nil {
		add("arrives as said")
	}
	if e.Machine != nil {
		add("%s", machineWords(e.Machine))
	}
	if e.TLS != nil {
		add("%s", tlsWords(e.TLS))
	}
	if e.Certificate != "" {
		add("certificate %s", e.Certificate)
	}
	return strings.Join(words, ", ")
}

func tlsWords(t *scenario.AgreedTLS) string {
	text := "TLS"
	if t.Version != 0 {
		text += " " + t.Version.String()
	}
	if t.Cipher != "" {
		text += " " + t.Cipher
	}
	return text
}

func machineWords(m *scenario.Seen) string {
	words := []string{"the machine sees"}
	if m.TLS != nil {
		words = append(words, map[bool]string{true: "TLS", false: "plain text"}[*m.TLS])
	}
	if m.SNI != "" {
		words = append(words, "SNI "+m.SNI)
	}
	if m.ClientCertificate != "" {
		words = append(words, "client "+m.ClientCertificate)
	}
	if !m.From.IsZero() {
		words = append(words, "from "+m.From.Name)
	}
	return strings.Join(words, " ")
}

func statuses(s scenario.Statuses) string {
	var all []string
	for _, one := range s {
		all = append(all, fmt.Sprint(one))
	}
	return strings.Join(all, "|")
}

// summary describes the observation in the same form.
func (j *judgement) summary() string {
	status, who, errors := map[string]int{}, map[string]int{}, map[string]int{}
	longest := time.Duration(0)
	hits := 0
	for _, o := range j.seen {
		if o.Status != 0 {
			status[fmt.Sprint(o.Status)]++
		}
		if o.Echo != nil {
			who[shortName(o)]++
		}
		if o.Error != "" {
			errors[o.Error]++
		}
		longest = max(longest, o.Took)
		hits = max(hits, len(j.r.Plane.Hits.Of(o.ID)))
	}
	var words []string
	for _, m := range []map[string]int{errors, status, who} {
		if len(m) > 0 {
			words = append(words, counted(m, len(j.seen)))
		}
	}
	if j.q.Expect.Attempts > 0 {
		words = append(words, fmt.Sprintf("%d hits", hits))
	}
	if j.q.Expect.Took != nil {
		words = append(words, longest.Round(time.Millisecond).String())
	}
	if peers := j.peers(); peers != "" {
		words = append(words, peers)
	}
	return strings.Join(words, ", ")
}

// shortName is the workload, or the pod where pods have names of their own.
func shortName(o *Observation) string {
	w := o.Echo.Who
	if w.Machine != "" {
		return w.Name()
	}
	if ordinal, ok := strings.CutPrefix(w.Pod, w.Workload+"-"); w.Workload == "" || (ok && strings.Trim(ordinal, "0123456789") == "") {
		return w.Pod
	}
	return w.Workload
}

// peers are the identities that the last sidecar saw.
func (j *judgement) peers() string {
	if j.q.Expect.MTLS == nil && j.q.Expect.Caller.IsZero() {
		return ""
	}
	peers := map[string]int{}
	for _, o := range j.seen[:min(len(j.seen), 200)] {
		for _, h := range hops(j.r.Plane, o) {
			if h.Way == "in" {
				peer := strings.TrimPrefix(h.Peer, "spiffe://cluster.local/")
				if peer == "" {
					peer = "plain text"
				}
				peers[peer] = 1
			}
		}
	}
	var all []string
	for p := range peers {
		all = append(all, p)
	}
	sort.Strings(all)
	return strings.Join(all, " and ")
}

func counted(m map[string]int, total int) string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	if len(keys) == 1 && m[keys[0]] == total {
		return keys[0]
	}
	var words []string
	for _, k := range keys {
		words = append(words, fmt.Sprintf("%s %.1f %%", k, 100*float64(m[k])/float64(total)))
	}
	return strings.Join(words, " / ")
}
