package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/controlplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/harness"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/isolate"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// job is the input of a worker.
type job struct {
	Example harness.Example
	Envoy   string
	Report  string
	Mutant  string
	Quiet   bool
}

// name is the name of the report.
func (j job) name() string {
	if j.Mutant != "" {
		return j.Example.Name + "-" + j.Mutant
	}
	return j.Example.Name
}

// answer is the result of a job.
type answer struct {
	Status int
	// Table is the report as text. Error is set if there is no report.
	Table, Error string
}

// worker runs jobs. The workers of the pool are isolated processes.
type worker interface {
	Do(job, answer any, limit time.Duration) error
	End()
}

// pool has parallel workers. Each keeps compiled schemas for its next jobs.
type pool struct {
	start   func() (worker, error)
	workers int
	limit   time.Duration
}

func newPool(f *flags) *pool {
	return &pool{workers: f.parallel, limit: f.timeout, start: func() (worker, error) { return isolate.Start(controlplane.Environment) }}
}

// outcome is an answer, or an error that ends the command and its workers.
type outcome struct {
	answer answer
	err    error
}

// longestFirst sorts the jobs so that no worker starts a long job last.
func longestFirst(jobs []job) []int {
	order, length := make([]int, len(jobs)), make([]int, len(jobs))
	for i, j := range jobs {
		order[i] = i
		if file, err := scenario.Read(j.Example.Requests); err == nil && j.Mutant == "" { // the worker reports errors of the file
			length[i] = len(file.Requests) + 6*(len(file.Steps)+len(file.Pairs)+len(file.Scopes))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return length[b] - length[a] })
	return order
}

// run runs all jobs and returns their answers in the order of the jobs.
func (p *pool) run(jobs []job, done func(job, answer) error) error {
	next := make(chan int, len(jobs))
	outcomes := make([]chan outcome, len(jobs))
	for _, i := range longestFirst(jobs) {
		next <- i
		outcomes[i] = make(chan outcome, 1)
	}
	close(next)
	for range min(p.workers, len(jobs)) {
		go p.work(jobs, next, outcomes)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	for i, j := range jobs {
		select {
		case s := <-signals:
			return fmt.Errorf("stopped by %s", s)
		case o := <-outcomes[i]:
			if o.err != nil {
				return o.err
			}
			if err := done(j, o.answer); err != nil {
				return err
			}
		}
	}
	return nil
}

// work runs one job after another in a worker. If its process ends during a job, a new worker runs the next job.
func (p *pool) work(jobs []job, next <-chan int, outcomes []chan outcome) {
	var current worker
	for i := range next {
		var o outcome
		if current == nil {
			current, o.err = p.start()
		}
		if o.err == nil {
			o.err = current.Do(jobs[i], &o.answer, p.limit)
		}
		var died *isolate.Died
		if errors.As(o.err, &died) {
			current = nil
			o = outcome{answer: answer{Status: max(died.Status, exitFailed), Error: fmt.Sprintf("%s: %v", jobs[i].name(), died)}}
		} else if o.err != nil {
			o.err = fmt.Errorf("%s: %w", jobs[i].name(), o.err)
		}
		outcomes[i] <- o
	}
	if current != nil {
		current.End()
	}
}
