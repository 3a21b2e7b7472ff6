// Command mesh-conformance checks folders of Kubernetes and Istio manifests with
// the API server's own code, with istioctl's, and with a real istiod and Envoy.
package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/harness"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/isolate"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/report"
)

// Exit statuses.
const (
	exitOK      = 0
	exitFailed  = 1
	exitInput   = 2
	exitMissing = 3
)

const usage = `mesh-conformance judges manifests with the API server's code, istioctl, istiod and Envoy.

  mesh-conformance run --manifests DIR --requests FILE [--name NAME]
  mesh-conformance examples [--dir examples] [NAME...]
  mesh-conformance mutants [--dir examples] [--example bookinfo] [NAME...]

Flags of all: --envoy FILE   the Envoy to run (or CONFORMANCE_ENVOY, or envoy in PATH)
              --crds FILE    a CRD that is known beside Istio's; may be given again (or CONFORMANCE_CRDS, separated by colons)
              --report DIR   where the JSON reports go (conformance-report)
              --timeout 3m   the longest that one example may take
              --parallel 2   how many examples run beside each other
              --quiet        no progress

Exit status: 0 all as expected, 1 something was not, 2 bad input, 3 root, iptables, namespaces or Envoy are missing.
`

type flags struct {
	envoy, report, dir, example, manifests, requests, name string
	timeout                                                time.Duration
	crds                                                   []string
	parallel                                               int
	quiet                                                  bool
	args                                                   []string
}

func main() {
	if isolate.Inside() {
		os.Exit(inside())
	}
	os.Exit(outside(os.Args[1:]))
}

func outside(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return exitInput
	}
	if strings.Contains(args[0], "help") || args[0] == "-h" {
		fmt.Print(usage)
		return exitOK
	}
	f, err := parse(args[1:])
	if err != nil {
		return fail(err)
	}
	var run func(*flags) (int, error)
	switch args[0] {
	case "run":
		run = runOne
	case "examples":
		run = runExamples
	case "mutants":
		run = runMutants
	default:
		fmt.Fprintf(os.Stderr, "no command %q\n\n%s", args[0], usage)
		return exitInput
	}
	if err := isolate.Check(f.envoy); err != nil {
		return fail(err)
	}
	status, err := run(f)
	if err != nil {
		return fail(err)
	}
	return status
}

func parse(args []string) (*flags, error) {
	f := &flags{crds: filepath.SplitList(os.Getenv("CONFORMANCE_CRDS"))}
	set := flag.NewFlagSet("mesh-conformance", flag.ContinueOnError)
	set.StringVar(&f.envoy, "envoy", os.Getenv("CONFORMANCE_ENVOY"), "")
	set.Func("crds", "", func(file string) error { f.crds = append(f.crds, file); return nil })
	set.StringVar(&f.report, "report", "conformance-report", "")
	set.StringVar(&f.dir, "dir", "examples", "")
	set.StringVar(&f.example, "example", "bookinfo", "")
	set.StringVar(&f.manifests, "manifests", "", "")
	set.StringVar(&f.requests, "requests", "", "")
	set.StringVar(&f.name, "name", "", "")
	set.DurationVar(&f.timeout, "timeout", 3*time.Minute, "")
	set.IntVar(&f.parallel, "parallel", 2, "")
	set.BoolVar(&f.quiet, "quiet", false, "")
	set.SetOutput(io.Discard)
	// Names and flags may come in any order. The flag package stops at the first name.
	for rest := args; ; {
		if err := set.Parse(rest); err != nil {
			return nil, &manifests.BadInput{File: "command line", Message: err.Error()}
		}
		if set.NArg() == 0 {
			break
		}
		f.args, rest = append(f.args, set.Arg(0)), set.Args()[1:]
	}
	if f.parallel < 1 {
		return nil, &manifests.BadInput{File: "command line", Message: "--parallel takes a number above 0"}
	}
	if f.envoy == "" {
		if found, err := lookPath("envoy"); err == nil {
			f.envoy = found
		}
	}
	return f, nil
}

// fail prints an error and returns its exit status.
func fail(err error) int {
	complain(err.Error())
	return statusOf(err)
}

func complain(text string) { fmt.Fprintln(os.Stderr, "mesh-conformance: "+text) }

func statusOf(err error) int {
	var bad *manifests.BadInput
	var missing *isolate.Missing
	switch {
	case errors.As(err, &bad):
		return exitInput
	case errors.As(err, &missing):
		return exitMissing
	}
	return exitFailed
}

func runOne(f *flags) (int, error) {
	if f.manifests == "" || f.requests == "" {
		return 0, &manifests.BadInput{File: "command line", Message: "run needs --manifests DIR and --requests FILE"}
	}
	name, err := reportName(f)
	if err != nil {
		return 0, err
	}
	return judgeAll(f, []harness.Example{{Name: name, Manifests: f.manifests, Requests: f.requests}})
}

// reportName is the chosen name, or the end of the manifests' path with a digest of the input: two
// folders never share a report.
func reportName(f *flags) (string, error) {
	if f.name != "" {
		if f.name != filepath.Base(f.name) || f.name == "." || f.name == ".." {
			return "", &manifests.BadInput{File: "command line", Message: fmt.Sprintf("--name %q: the name of a report is no path", f.name)}
		}
		return f.name, nil
	}
	var paths []string
	for _, path := range []string{f.manifests, f.requests} {
		abs, err := filepath.Abs(path)
		if err != nil {
			return "", err
		}
		paths = append(paths, abs)
	}
	digest := sha256.Sum256([]byte(strings.Join(paths, "\x00")))
	var words []string
	for _, part := range []string{filepath.Base(filepath.Dir(paths[0])), filepath.Base(paths[0])} {
		if part != "/" && part != "." {
			words = append(words, part)
		}
	}
	return strings.Join(append(words, fmt.Sprintf("%x", digest[:4])), "-"), nil
}

// judgeAll checks all examples and counts the results.
func judgeAll(f *flags, examples []harness.Example) (int, error) {
	var jobs []job
	for _, e := range examples {
		jobs = append(jobs, f.job(e))
	}
	worst, passed, failed := exitOK, 0, 0
	err := newPool(f).run(jobs, func(j job, a answer) error {
		fmt.Print(a.Table)
		if a.Error != "" {
			complain(a.Error)
		}
		worst = max(worst, a.Status)
		if a.Status > exitFailed {
			failed++ // bad input: no check ran, and the message has the reason
			return nil
		}
		r, err := report.ReadJSON(filepath.Join(f.report, j.name()+".json"))
		if err != nil {
			return fmt.Errorf("%s left no report: %w", j.name(), err)
		}
		p, n := r.Checks()
		passed, failed = passed+p, failed+n
		return nil
	})
	if err != nil {
		return 0, err
	}
	fmt.Printf("\n%d passed, %d failed\n", passed, failed)
	return worst, nil
}

// job is the input of a worker for an example.
func (f *flags) job(e harness.Example) job {
	e.CRDs = f.crds
	return job{Example: e, Envoy: f.envoy, Report: f.report, Quiet: f.quiet}
}

func runExamples(f *flags) (int, error) {
	names := f.args
	known, err := examplesIn(f.dir)
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		names = known
	}
	if err := knows(f.dir, known, names...); err != nil {
		return 0, err
	}
	var examples []harness.Example
	for _, name := range names {
		examples = append(examples, exampleAt(f.dir, name))
	}
	return judgeAll(f, examples)
}

// examplesIn are the folders that have a requests.yaml.
func examplesIn(dir string) (names []string, err error) {
	found, err := filepath.Glob(filepath.Join(dir, "*", "requests.yaml"))
	if err != nil || len(found) == 0 {
		return nil, &manifests.BadInput{File: dir, Message: "holds no example with a requests.yaml"}
	}
	for _, file := range found {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	sort.Strings(names)
	return names, nil
}

// knows refuses an unknown example.
func knows(dir string, known []string, names ...string) error {
	for _, name := range names {
		if !slices.Contains(known, name) {
			return &manifests.BadInput{File: dir, Message: fmt.Sprintf("no example %q; there are: %s", name, strings.Join(known, ", "))}
		}
	}
	return nil
}

func exampleAt(dir, name string) harness.Example {
	return harness.Example{Name: name, Manifests: filepath.Join(dir, name, "manifests"), Requests: filepath.Join(dir, name, "requests.yaml")}
}
