package traffic

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// Load sends requests at a steady rate until it is stopped.
type Load struct {
	r      *Runner
	caller *caller
	stop   chan struct{}
	done   sync.WaitGroup
	sent   atomic.Int64
	mu     sync.Mutex
	seen   []*Observation
}

// LoadResult has their results.
type LoadResult struct {
	Sent, Lost int
	// Reasons of the lost requests: the hop that stopped them, with Envoy's flags.
	Reasons map[string]int
	// Example describes one lost request.
	Example string
	// Answers by workload.
	Answers map[string]int
	// Last are the workloads of the last responses.
	Last []echo.Who
}

// mostLoad bounds a rollout's requests.
const mostLoad = 60000

// Start begins a rollout's load.
func (r *Runner) Start(s *scenario.Rollout) (*Load, error) {
	t, err := r.aim(s.Load.From, s.Load.Via, s.Load.URL.Value, s.Load.Headers)
	if err != nil {
		return nil, err
	}
	l := &Load{r: r, caller: t.caller, stop: make(chan struct{})}
	l.caller.timeout = 10 * time.Second
	r.tune(l.caller, &scenario.Request{})
	l.caller.prepare()
	l.done.Add(1)
	go l.run(time.Second / time.Duration(s.Load.Rate))
	return l, nil
}

func (l *Load) run(every time.Duration) {
	defer l.done.Done()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for l.sent.Load() < mostLoad {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		l.sent.Add(1)
		l.done.Add(1)
		go func() {
			defer l.done.Done()
			o := l.caller.call()
			l.mu.Lock()
			l.seen = append(l.seen, o)
			l.mu.Unlock()
		}()
	}
}

// Sent is how many requests have begun.
func (l *Load) Sent() int { return int(l.sent.Load()) }

// Stop waits for running requests and counts the results.
func (l *Load) Stop() *LoadResult {
	close(l.stop)
	l.done.Wait()
	l.caller.close()
	time.Sleep(150 * time.Millisecond) // Envoy's logs come a moment later
	result := &LoadResult{Sent: len(l.seen), Reasons: map[string]int{}, Answers: map[string]int{}}
	l.r.blame(l.caller, l.seen)
	for _, o := range l.seen {
		if o.Echo != nil {
			result.Answers[o.Echo.Who.Namespace+"/"+o.Echo.Who.Workload]++
		}
		if o.Error == "" && o.Status >= 200 && o.Status < 300 {
			continue
		}
		result.Lost++
		result.Reasons[l.reason(o)]++
		if result.Example == "" {
			result.Example = explain(l.r.Plane, o)
		}
	}
	result.Last = l.last()
	return result
}

func (l *Load) last() (who []echo.Who) {
	for _, o := range l.seen[max(0, len(l.seen)-20):] {
		if o.Echo != nil {
			who = append(who, o.Echo.Who)
		}
	}
	return who
}

// Share is the percentage of responses from a workload.
func (r *LoadResult) Share(by scenario.Ref) float64 {
	all := 0
	for _, n := range r.Answers {
		all += n
	}
	return 100 * float64(r.Answers[by.Namespace+"/"+by.Name]) / float64(max(all, 1))
}

// EndsElsewhere names other workloads among the last responses, empty if all come from the expected workload or pod.
func (r *LoadResult) EndsElsewhere(ref scenario.Ref) string {
	if len(r.Last) == 0 {
		return "no workload"
	}
	var others []string
	for _, who := range r.Last {
		if !named(ref, who) && !slices.Contains(others, who.Name()) {
			others = append(others, who.Name())
		}
	}
	slices.Sort(others)
	return strings.Join(others, " and ")
}

func (l *Load) reason(o *Observation) string {
	if o.Error != "" {
		return o.Error
	}
	text := fmt.Sprint(o.Status)
	for _, h := range hops(l.r.Plane, o) {
		if h.Flags != "" {
			return text + " " + h.Flags
		}
	}
	return text
}
