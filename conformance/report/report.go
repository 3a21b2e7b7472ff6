// Package report prints the result of a run: a table for people, JSON for machines.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/istiocheck"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

// Report is the outcome of one example.
type Report struct {
	Name     string               `json:"name"`
	OK       bool                 `json:"ok"`
	Objects  int                  `json:"objects"`
	API      []apiserver.Finding  `json:"apiServer"`
	Istio    []istiocheck.Message `json:"istio"`
	NACKs    []string             `json:"nacks"`
	Requests []*traffic.Result    `json:"requests"`
	Steps    []*StepResult        `json:"steps,omitempty"`
	Figures  Figures              `json:"figures"`
}

// StepResult is one rollout.
type StepResult struct {
	Name     string         `json:"name"`
	Expected string         `json:"expected"`
	Sent     int            `json:"sent"`
	Lost     int            `json:"lost"`
	Reasons  map[string]int `json:"reasons,omitempty"`
	Answers  map[string]int `json:"answers"`
	OK       bool           `json:"ok"`
	Failures []string       `json:"failures,omitempty"`
	Took     time.Duration  `json:"took"`
}

// Figures are the costs of the run.
type Figures struct {
	Proxies  int           `json:"proxies"`
	Requests int           `json:"requests"`
	Total    time.Duration `json:"total"`
	Start    time.Duration `json:"start"`
	// Phases are the parts of the run in their order.
	Phases []Phase `json:"phases"`
	// Memory is the peak resident memory of the harness and of all proxies together, in MiB.
	Harness int `json:"harnessMiB"`
	Envoys  int `json:"envoysMiB"`
}

// Phase is one part of a run and how long it took.
type Phase struct {
	Name string        `json:"name"`
	Took time.Duration `json:"took"`
}

// Lap ends a phase. The phase started at the end of the previous one, or with the run.
func (f *Figures) Lap(began time.Time, name string) {
	took := time.Since(began)
	for _, p := range f.Phases {
		took -= p.Took
	}
	f.Phases = append(f.Phases, Phase{name, took})
}

// Judge sets OK from all parts.
func (r *Report) Judge() {
	r.OK = len(r.API) == 0 && len(r.NACKs) == 0
	for _, m := range r.Istio {
		r.OK = r.OK && m.Allowed != ""
	}
	for _, q := range r.Requests {
		r.OK = r.OK && q.OK
	}
	for _, s := range r.Steps {
		r.OK = r.OK && s.OK
	}
}

// Checks counts the checks: the API server, istioctl, the configuration of proxies, each request and each rollout.
func (r *Report) Checks() (passed, failed int) {
	count := func(ok bool) {
		if ok {
			passed++
		} else {
			failed++
		}
	}
	count(len(r.API) == 0)
	said := false
	for _, m := range r.Istio {
		said = said || m.Allowed == ""
	}
	count(!said)
	count(len(r.NACKs) == 0)
	for _, q := range r.Requests {
		count(q.OK)
	}
	for _, s := range r.Steps {
		count(s.OK)
	}
	return passed, failed
}

// findings are one line for each, by the check that made it.
func (r *Report) findings() (stages []string, lines map[string][]string) {
	lines = map[string][]string{}
	note := func(stage, text string) {
		if lines[stage] == nil {
			stages = append(stages, stage)
		}
		lines[stage] = append(lines[stage], text)
	}
	for _, f := range r.API {
		note("API server", f.Message)
	}
	for _, m := range r.Istio {
		if m.Allowed == "" {
			note("istioctl", m.Code+" "+m.Message)
		}
	}
	for _, n := range r.NACKs {
		note("nack", n)
	}
	for _, q := range r.Requests {
		for _, f := range q.Failures {
			note("traffic", q.Name+": "+f)
		}
	}
	return stages, lines
}

// CaughtAt names the checks with findings, and the first finding, for the table of mutants.
func (r *Report) CaughtAt() (stages []string, first string) {
	stages, lines := r.findings()
	if len(stages) > 0 {
		first = lines[stages[0]][0]
	}
	return stages, first
}

// FirstOf is the first finding of one check.
func (r *Report) FirstOf(stage string) string {
	_, lines := r.findings()
	if len(lines[stage]) == 0 {
		return ""
	}
	return lines[stage][0]
}

// WriteJSON writes <dir>/<name>.json.
func (r *Report) WriteJSON(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, r.Name+".json")
	return file, os.WriteFile(file, append(text, '\n'), 0o644)
}

// ReadJSON reads a report back.
func ReadJSON(file string) (*Report, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	return r, json.Unmarshal(text, r)
}

// Table prints the report.
func (r *Report) Table(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", r.Name)
	rows := [][]string{{"", "check", "expected", "seen"}}
	rows = append(rows, []string{mark(len(r.API) == 0), fmt.Sprintf("API server: %d objects", r.Objects), "all accepted", plural(len(r.API), "refusal")})
	said, allowed := 0, 0
	for _, m := range r.Istio {
		if m.Allowed != "" {
			allowed++
		} else {
			said++
		}
	}
	seen := plural(said, "message")
	if allowed > 0 {
		seen += fmt.Sprintf(" (%d more allowed with a reason)", allowed)
	}
	rows = append(rows, []string{mark(said == 0), "istioctl validate and analyze", "no message", seen})
	rows = append(rows, []string{mark(len(r.NACKs) == 0), fmt.Sprintf("configuration of %d proxies", r.Figures.Proxies), "all acknowledged", plural(len(r.NACKs), "refusal")})
	for _, q := range r.Requests {
		count := ""
		if q.Count > 1 {
			count = fmt.Sprintf("%d × ", q.Count)
		}
		rows = append(rows, []string{mark(q.OK), q.Name, q.Expected, count + q.Seen})
	}
	for _, s := range r.Steps {
		rows = append(rows, []string{mark(s.OK), s.Name, s.Expected, fmt.Sprintf("%d lost of %d%s", s.Lost, s.Sent, reasons(s.Reasons))})
	}
	printRows(w, rows)
	for _, line := range r.Failures() {
		fmt.Fprintln(w, "  FAILED "+line)
	}
	f := r.Figures
	fmt.Fprintf(w, "  %s: %d requests, %d proxies, %.1f s (start %.1f s), harness %d MiB, Envoys %d MiB\n",
		map[bool]string{true: "passed", false: "FAILED"}[r.OK], f.Requests, f.Proxies, f.Total.Seconds(), f.Start.Seconds(), f.Harness, f.Envoys)
}

// Failures are one line each.
func (r *Report) Failures() []string {
	var out []string
	for _, f := range r.API {
		out = append(out, "API server: "+f.String())
	}
	for _, m := range r.Istio {
		if m.Allowed == "" {
			out = append(out, "istioctl: "+m.String())
		}
	}
	for _, n := range r.NACKs {
		out = append(out, "NACK: "+n)
	}
	for _, q := range r.Requests {
		for _, f := range q.Failures {
			out = append(out, q.Name+": "+f)
		}
	}
	for _, s := range r.Steps {
		for _, f := range s.Failures {
			out = append(out, s.Name+": "+f)
		}
	}
	return out
}

func reasons(m map[string]int) string {
	if len(m) == 0 {
		return ""
	}
	var all []string
	for k, n := range m {
		all = append(all, fmt.Sprintf("%d %s", n, k))
	}
	return " (" + strings.Join(all, ", ") + ")"
}

func mark(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAIL"
}

func plural(n int, what string) string {
	switch n {
	case 0:
		return "none"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
