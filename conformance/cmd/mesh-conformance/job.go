package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"istio.io/istio/pkg/log"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/controlplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/harness"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/isolate"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/mutants"
)

// job is what an isolated process has to do.
type job struct {
	Example harness.Example
	Envoy   string
	Report  string
	Mutant  string
	Quiet   bool
	// NoTable leaves printing to the caller.
	NoTable bool
}

const jobVariable = "MESH_CONFORMANCE_JOB"

func lookPath(name string) (string, error) { return exec.LookPath(name) }

// start runs a job in isolation.
func start(f *flags, j job) (int, error) {
	j.Envoy, j.Report, j.Quiet = f.envoy, f.report, f.quiet || j.Quiet
	j.Example.CRDs = f.crds
	text, err := json.Marshal(j)
	if err != nil {
		return 0, err
	}
	env := append([]string{jobVariable + "=" + string(text)}, controlplane.Environment...)
	return isolate.Run(nil, env, f.timeout, os.Stdout, os.Stderr)
}

// inside does the job.
func inside() int {
	var j job
	if err := json.Unmarshal([]byte(os.Getenv(jobVariable)), &j); err != nil {
		return fail(err)
	}
	quietIstio()
	dir, envoy, err := isolate.Enter(j.Envoy, dataplane.Resolver())
	if err != nil {
		return fail(&isolate.Missing{What: err.Error()})
	}
	o := harness.Options{Envoy: envoy, Dir: dir, Progress: progress(j.Quiet)}
	if j.Mutant != "" {
		m := mutants.Find(j.Mutant)
		if m == nil {
			return fail(fmt.Errorf("no mutant %q", j.Mutant))
		}
		o.Mutate, o.SkipSteps = m.Apply, true
	}
	r, err := harness.Run(j.Example, o)
	o.Progress("")
	if err != nil {
		return fail(err)
	}
	if j.Mutant != "" {
		r.Name += "-" + j.Mutant
	}
	file, err := r.WriteJSON(j.Report)
	if err != nil {
		return fail(err)
	}
	if !j.NoTable {
		r.Table(os.Stdout)
		fmt.Println("  report: " + file)
	}
	if !r.OK {
		return exitFailed
	}
	return exitOK
}

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

// progress shows what runs now: on a terminal in one line that is overwritten, else nothing but the beginning of each example.
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
