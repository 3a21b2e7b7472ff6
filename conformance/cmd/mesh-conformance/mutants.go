package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/mutants"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/report"
)

// leastByTraffic is how many mutants the traffic itself must catch.
const leastByTraffic = 9

// errStopped ends a run with its status.
var errStopped = errors.New("stopped")

// runMutants checks every mutant; each must fail.
func runMutants(f *flags) (int, error) {
	chosen := mutants.All
	if len(f.args) > 0 {
		chosen = nil
		for _, name := range f.args {
			m := mutants.Find(name)
			if m == nil {
				return 0, &manifests.BadInput{File: "command line", Message: fmt.Sprintf("no mutant %q", name)}
			}
			chosen = append(chosen, m)
		}
	}
	known, err := examplesIn(f.dir)
	if err == nil {
		err = knows(f.dir, known, f.example)
	}
	if err != nil {
		return 0, err
	}
	example := exampleAt(f.dir, f.example)
	rows := [][]string{{"", "mutant", "change", "caught at", "first finding"}}
	status, byTraffic, survived, differs := exitOK, 0, 0, 0
	var jobs []job
	for _, m := range chosen {
		j := f.job(example)
		j.Mutant, j.Quiet = m.Name, true
		jobs = append(jobs, j)
	}
	err = newPool(f).run(jobs, func(j job, a answer) error {
		m := mutants.Find(j.Mutant)
		if !f.quiet {
			fmt.Fprintf(os.Stderr, "mutant %d of %d: %s\n", len(rows), len(chosen), m.Name)
		}
		if a.Error != "" {
			complain(a.Error)
		}
		if a.Status > exitFailed {
			status = a.Status
			return errStopped
		}
		r, err := report.ReadJSON(filepath.Join(f.report, j.name()+".json"))
		if err != nil {
			return fmt.Errorf("mutant %s left no report: %w", m.Name, err)
		}
		stages, first := r.CaughtAt()
		caught := strings.Join(stages, ", ")
		if len(stages) == 0 {
			caught, status = "NOTHING", exitFailed
			survived++
		}
		if len(stages) > 0 && caught != m.Stages() {
			caught, status = fmt.Sprintf("%s, NOT %s", caught, m.Stages()), exitFailed
			differs++
		}
		if strings.Contains(caught, "traffic") {
			byTraffic++
			first = r.FirstOf("traffic")
		}
		rows = append(rows, []string{verdict(stages, m), m.Name, m.What, caught, shorten(first)})
		return nil
	})
	if errors.Is(err, errStopped) {
		return status, nil
	}
	if err != nil {
		return 0, err
	}
	fmt.Println()
	report.Table(os.Stdout, rows)
	fmt.Printf("  %d mutants, %d caught by traffic\n", len(chosen), byTraffic)
	if differs > 0 {
		fmt.Println("  FAILED: mutants/all.go and docs/conformance.md name the checks for each mutant; update both")
	}
	if len(f.args) == 0 && byTraffic < leastByTraffic {
		fmt.Printf("  FAILED: traffic must catch at least %d\n", leastByTraffic)
		status = exitFailed
	}
	fmt.Printf("\n%d passed, %d failed\n", len(chosen)-survived-differs, survived+differs)
	return status, nil
}

func verdict(stages []string, m *mutants.Mutant) string {
	switch strings.Join(stages, ", ") {
	case m.Stages():
		return "ok"
	case "":
		return "SURVIVED"
	}
	return "DIFFERS"
}

func shorten(text string) string {
	if r := []rune(text); len(r) > 180 {
		return string(r[:177]) + "…"
	}
	return text
}
