package traffic

import (
	"strings"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

func TestAnswersOfManyCalls(t *testing.T) {
	from := func(pod string) *Observation {
		return &Observation{ID: pod, Status: 200, Echo: &echo.Report{Who: echo.Who{Namespace: "shop", Pod: pod, Workload: "cart"}}}
	}
	full := &Observation{ID: "full", Status: 503}
	for name, c := range map[string]struct {
		expect scenario.Expect
		seen   []*Observation
		want   string
	}{
		"as many of each":  {scenario.Expect{Answers: map[int]int{200: 2, 503: 1}}, []*Observation{from("a"), full, from("b")}, ""},
		"too many of one":  {scenario.Expect{Answers: map[int]int{200: 1, 503: 2}}, []*Observation{from("a"), full, from("b")}, "2 × 200, 1 × 503 were answered, not 1 × 200, 2 × 503"},
		"one of a third":   {scenario.Expect{Answers: map[int]int{200: 2}}, []*Observation{from("a"), full}, "1 × 200, 1 × 503 were answered, not 2 × 200"},
		"one pod":          {scenario.Expect{OnePod: true}, []*Observation{from("a"), from("a")}, ""},
		"two pods":         {scenario.Expect{OnePod: true}, []*Observation{from("a"), from("b")}, "answered by shop/b, and the first call by shop/a"},
		"a pod and no pod": {scenario.Expect{OnePod: true}, []*Observation{from("a"), full}, "no answer from an application"},
	} {
		plane := &dataplane.Plane{Logs: dataplane.NewLogs(), Hits: echo.NewHits()}
		result := &Result{}
		(&Runner{Plane: plane, Alpha: 1e-5}).judge(&scenario.Request{Expect: c.expect}, nil, c.seen, result)
		got := strings.Join(result.Failures, " | ")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
