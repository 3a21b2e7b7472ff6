package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"istio.io/istio/pkg/log"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/harness"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/isolate"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/mutants"
)

func lookPath(name string) (string, error) { return exec.LookPath(name) }

// inside runs the jobs in the namespaces of a worker.
func inside() int {
	quietIstio()
	var isolated *harness.Options
	err := isolate.Serve(func(j job) answer {
		if isolated == nil {
			dir, envoy, err := isolate.Enter(j.Envoy, dataplane.Resolver())
			if err != nil {
				return failed(&isolate.Missing{What: err.Error()})
			}
			isolated = &harness.Options{Envoy: envoy, Dir: dir}
		}
		return judge(j, *isolated)
	})
	if err != nil {
		return fail(err)
	}
	return exitOK
}

// judge runs one job.
func judge(j job, o harness.Options) answer {
	o.Progress = progress(j.Quiet)
	if j.Mutant != "" {
		m := mutants.Find(j.Mutant)
		if m == nil {
			return failed(fmt.Errorf("no mutant %q", j.Mutant))
		}
		o.Mutate, o.SkipSteps = m.Apply, true
	}
	r, err := harness.Run(j.Example, o)
	o.Progress("")
	if err != nil {
		return failed(err)
	}
	r.Name = j.name()
	file, err := r.WriteJSON(j.Report)
	if err != nil {
		return failed(err)
	}
	var table strings.Builder
	r.Table(&table)
	fmt.Fprintln(&table, "  report: "+file)
	if !r.OK {
		return answer{Status: exitFailed, Table: table.String()}
	}
	return answer{Table: table.String()}
}

func failed(err error) answer { return answer{Status: statusOf(err), Error: err.Error()} }

// quietIstio keeps Istio's own log for errors: NACKs and refusals are read from its state, not from its log.
func quietIstio() {
	options := log.DefaultOptions()
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	options.SetDefaultOutputLevel(log.OverrideScopeName, log.NoneLevel)
	if os.Getenv("CONFORMANCE_DEBUG") != "" {
		options.SetDefaultOutputLevel(log.OverrideScopeName, log.InfoLevel)
	}
	_ = log.Configure(options)
}

// progress shows the current step: on a terminal in one line that it overwrites, otherwise only the start of each example.
func progress(quiet bool) func(string, ...any) {
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		switch {
		case quiet:
		case terminal:
			fmt.Fprintf(os.Stderr, "\r\033[K%s", text) // an empty one clears the line
		case strings.Contains(format, "starting") || strings.Contains(format, "request"):
			fmt.Fprintln(os.Stderr, text)
		}
	}
}
