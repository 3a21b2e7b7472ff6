package traffic

import (
	"fmt"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// shares compares parts of all calls by exact binomial regions.
func (j *judgement) shares() {
	for _, s := range j.q.Expect.Shares {
		got := 0
		for _, o := range j.seen {
			if j.partOf(o, s) {
				got++
			}
		}
		total := len(j.seen)
		if region := Accept(total, s.Percent/100, j.r.Alpha); !region.Has(got) {
			j.fail(nil, "share "+shareWords(s), "%d of %d calls (%.1f %%) are those with %s, not %g %% (%d to %d)",
				got, total, 100*float64(got)/float64(max(total, 1)), shareWords(s), s.Percent, region.Low, region.High)
		}
	}
}

func (j *judgement) partOf(o *Observation, s scenario.Share) bool {
	return (s.Status == 0 || o.Status == s.Status) && (s.Hits.IsZero() || j.hits(o, s.Hits) > 0) && o.Took >= time.Duration(s.AtLeast)
}

// shareWords describes the calls of a share.
func shareWords(s scenario.Share) string {
	text := ""
	if s.Status != 0 {
		text += fmt.Sprintf(" %d", s.Status)
	}
	if !s.Hits.IsZero() {
		text += " " + s.Hits.Name
	}
	if s.AtLeast != 0 {
		text += " ≥ " + time.Duration(s.AtLeast).String()
	}
	return text[1:]
}

// allHits compares the total number of requests at each workload or pod.
func (j *judgement) allHits() {
	for ref, want := range j.q.Expect.AllHits {
		got := 0
		for _, o := range j.seen {
			got += j.hits(o, ref)
		}
		if got != want {
			j.fail(nil, "all hits "+ref.String(), "%s was hit %d times in all, not %d", ref, got, want)
		}
	}
}
