package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/harness"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/isolate"
)

// fakeWorker answers with the name of its job, ends without an answer at "dies" and takes too long at "hangs".
type fakeWorker struct{ dead bool }

func (w *fakeWorker) Do(in, out any, _ time.Duration) error {
	name := in.(job).name()
	switch {
	case w.dead:
		return errors.New("asked after its end")
	case name == "dies":
		w.dead = true
		return &isolate.Died{Status: 2}
	case name == "hangs":
		return errors.New("took longer than 3m0s")
	case name == "slow":
		time.Sleep(50 * time.Millisecond)
	}
	out.(*answer).Table = name
	return nil
}

func (w *fakeWorker) End() {}

func jobsNamed(names ...string) (jobs []job) {
	for _, name := range names {
		jobs = append(jobs, job{Example: harness.Example{Name: name}})
	}
	return jobs
}

func TestAnswersComeInTheOrderOfTheJobs(t *testing.T) {
	var started atomic.Int32
	p := &pool{workers: 2, start: func() (worker, error) { started.Add(1); return &fakeWorker{}, nil }}
	var seen []string
	err := p.run(jobsNamed("slow", "dies", "a", "dies", "b"), func(_ job, a answer) error {
		seen = append(seen, strings.TrimSpace(fmt.Sprintf("%d %s %s", a.Status, a.Table, a.Error)))
		return nil
	})
	died := "2  dies: its process ended with status 2"
	if want := []string{"0 slow", died, "0 a", died, "0 b"}; err != nil || !slices.Equal(seen, want) {
		t.Errorf("%v, %v", seen, err)
	}
	if n := started.Load(); n < 2 || n > 4 {
		t.Errorf("%d workers were started", n)
	}
}

func TestAnErrorNamesItsJob(t *testing.T) {
	p := &pool{workers: 3, start: func() (worker, error) { return &fakeWorker{}, nil }}
	err := p.run(jobsNamed("a", "hangs", "b"), func(job, answer) error { return nil })
	if err == nil || err.Error() != "hangs: took longer than 3m0s" {
		t.Errorf("%v", err)
	}
}

func TestLongJobsBegin(t *testing.T) {
	examples := "../../../examples"
	names, err := examplesIn(examples)
	if err != nil {
		t.Fatal(err)
	}
	var jobs []job
	for _, name := range names {
		jobs = append(jobs, job{Example: exampleAt(examples, name)})
	}
	order := longestFirst(jobs)
	first := []string{names[order[0]], names[order[1]]}
	slices.Sort(first)
	if len(order) != len(jobs) || !slices.Equal(first, []string{"changes", "resilience-modes"}) {
		t.Errorf("%v begin", first)
	}
}
