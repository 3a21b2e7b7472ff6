package traffic

import (
	"testing"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

func TestTheTimeOfAnAnswer(t *testing.T) {
	bounds := &scenario.Took{AtLeast: scenario.Duration(2 * time.Second), AtMost: scenario.Duration(3 * time.Second)}
	for took, want := range map[time.Duration]string{
		1980 * time.Millisecond: "took 1.98s, less than 2s",
		1995 * time.Millisecond: "",
		2500 * time.Millisecond: "",
		3001 * time.Millisecond: "took 3.001s, more than 3s",
	} {
		r := &Runner{Plane: &dataplane.Plane{Logs: dataplane.NewLogs(), Hits: echo.NewHits()}}
		j := &judgement{r: r, first: map[string]string{}, bad: map[string]int{}}
		j.took(&Observation{Took: took}, bounds)
		if got := j.first["took"]; len(got) < len(want) || got[:len(want)] != want || (want == "") != (got == "") {
			t.Errorf("%s: %q", took, got)
		}
	}
}
