package harness

import (
	"os"
	"strings"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/report"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

const batchExample = "../../examples/batch/manifests/batch.k8s.yaml"

// A job whose proxy outlives it has no pods, for every cause.
func TestJobsThatNeverEnd(t *testing.T) {
	text, err := os.ReadFile(batchExample)
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	caller := "version: 1\nworld: {clients: [{namespace: default, name: plain}]}\nrequests: [{name: r, from: default/plain, url: \"http://addressvalidator.applications/\", expect: {status: 200}}]\n"
	const deadline = "      activeDeadlineSeconds: 7200\n"
	for name, c := range map[string]struct {
		deadline, native, inject string
		never                    bool
		ends                     string
	}{
		"native":                       {"", "true", "", false, "native sidecar"},
		"a container, with a deadline": {deadline, "false", "", false, "deadline"},
		"a container, without":         {"", "false", "", true, "nothing"},
		"no sidecar":                   {"", "false", `sidecar.istio.io/inject: "false"`, false, "no sidecar"},
	} {
		changed := good
		for old, with := range map[string]string{
			deadline: c.deadline, `nativeSidecar: "true"`: `nativeSidecar: "` + c.native + `"`, "            app: report\n        spec:": "            app: report\n            " + c.inject + "\n        spec:",
		} {
			if !strings.Contains(changed, old) {
				t.Fatalf("%s: %q is not in the example", name, old)
			}
			changed = strings.Replace(changed, old, with, 1)
		}
		l, err := load(example(t, changed, caller), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := ""
		for _, f := range l.members[0].verdict.Findings {
			found += f.String() + "\n"
		}
		if c.never != strings.Contains(found, "CronJob/applications/report") || c.never != strings.Contains(found, "its pods never end: istio-proxy is no native sidecar") {
			t.Errorf("%s: found %q", name, found)
		}
		runs := false
		for _, p := range l.members[0].state.Pods {
			runs = runs || p.Workload == "report"
		}
		if runs == c.never {
			t.Errorf("%s: runs: %v", name, runs)
		}
		out := &report.Report{}
		l.file.Jobs = []scenario.Job{{Job: scenario.Ref{Namespace: "applications", Name: "report"}, Ends: c.ends}, {Job: scenario.Ref{Namespace: "applications", Name: "other"}, Ends: c.ends}}
		l.jobs(out)
		if seen := out.Requests[0]; seen.Seen != c.ends || !seen.OK || out.Requests[1].Seen != "no job" || out.Requests[1].OK {
			t.Errorf("%s: ends by %q and %q, not by %q", name, seen.Seen, out.Requests[1].Seen, c.ends)
		}
	}
}
