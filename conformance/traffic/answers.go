package traffic

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
)

// answers compares how often each status was answered.
func (j *judgement) answers() {
	want := j.q.Expect.Answers
	if len(want) == 0 {
		return
	}
	got := map[int]int{}
	for _, o := range j.seen {
		got[o.Status]++
	}
	for _, o := range j.seen {
		if got[o.Status] > want[o.Status] {
			j.fail(o, "answers", "%s were answered, not %s", byStatus(got), byStatus(want))
			return
		}
	}
}

// onePod requires that the pod of the first call answers all calls.
func (j *judgement) onePod() {
	if !j.q.Expect.OnePod {
		return
	}
	first := ""
	for _, o := range j.seen {
		switch {
		case o.Echo == nil:
			j.fail(o, "one pod", "no answer from an application")
		case first == "":
			first = o.Echo.Who.Name()
		case o.Echo.Who.Name() != first:
			j.fail(o, "one pod", "answered by %s, and the first call by %s", o.Echo.Who.Name(), first)
		}
	}
}

// byStatus formats counts: 3 × 200, 7 × 503.
func byStatus(counts map[int]int) string {
	var statuses []int
	for status, n := range counts {
		if n > 0 {
			statuses = append(statuses, status)
		}
	}
	slices.Sort(statuses)
	var words []string
	for _, status := range statuses {
		words = append(words, fmt.Sprintf("%d × %d", counts[status], status))
	}
	return strings.Join(words, ", ")
}

// answeredAt reports whether a hop is at the pod that answered: mirrored requests arrive at others.
func answeredAt(o *Observation, h *dataplane.Hop) bool {
	return o.Echo == nil || o.Echo.Who.Machine != "" || h.At == o.Echo.Who.Name()
}
