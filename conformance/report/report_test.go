package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/istiocheck"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

func TestEveryKindOfFindingFails(t *testing.T) {
	bad := map[string]*Report{
		"API server": {API: []apiserver.Finding{{File: "a.yaml", Line: 3, Object: "Service/x/y", Message: "no"}}},
		"istioctl":   {Istio: []istiocheck.Message{{Code: "IST0101", Message: "no"}}},
		"nack":       {NACKs: []string{"no"}},
		"traffic":    {Requests: []*traffic.Result{{Name: "q", Failures: []string{"no"}}}},
	}
	for stage, r := range bad {
		r.Judge()
		if r.OK {
			t.Errorf("%s: passed", stage)
		}
		if stages, _ := r.CaughtAt(); len(stages) != 1 || stages[0] != stage {
			t.Errorf("%s: caught at %v", stage, stages)
		}
		var out bytes.Buffer
		if r.Table(&out); !strings.Contains(out.String(), "FAIL") || len(r.Failures()) != 1 {
			t.Errorf("%s: %s", stage, out.String())
		}
	}
	good := &Report{Istio: []istiocheck.Message{{Code: "IST0101", Allowed: "for a reason"}}, Requests: []*traffic.Result{{OK: true}}}
	if good.Judge(); !good.OK {
		t.Error("an allowed message fails the run")
	}
}

func TestReportSurvivesItsFile(t *testing.T) {
	dir := t.TempDir()
	r := &Report{Name: "n", OK: true, Requests: []*traffic.Result{{Name: "q", OK: true, Count: 3}}}
	file, err := r.WriteJSON(dir)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadJSON(file)
	if err != nil || back.Requests[0].Count != 3 || !back.OK {
		t.Error(back, err)
	}
}
