package harness

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/report"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

// defaultPause is the time between changes. istiod merges changes within its debounce of 100 ms.
const defaultPause = 200 * time.Millisecond

// longestRollout bounds the load.
const longestRollout = 60 * time.Second

// steps runs every rollout, each from the manifests as they are.
func (w *world) steps(out *report.Report) error {
	for _, s := range w.file.Steps {
		w.Progress("%s: request load: %s", w.Name, s.Name)
		result, err := w.rollout(s)
		if err != nil {
			return err
		}
		out.Steps = append(out.Steps, result)
		out.Figures.Requests += result.Sent
	}
	return nil
}

func (w *world) rollout(s *scenario.Rollout) (*report.StepResult, error) {
	began := time.Now()
	m := w.members[0]
	for _, other := range w.members {
		if other.name == s.Cluster || (s.Cluster == "" && other.name == s.Load.From.Cluster) {
			m = other
		}
	}
	before := m.objects
	load, err := w.runner.Start(s)
	if err != nil {
		return nil, w.file.Bad(s.Line, "steps %q: %v", s.Name, err)
	}
	time.Sleep(300 * time.Millisecond)
	for _, change := range s.Do {
		states, err := w.change(m, change)
		if err != nil {
			load.Stop()
			return nil, err
		}
		pause := time.Duration(s.Pause)
		if pause == 0 {
			pause = defaultPause
		}
		if change.Wait != 0 {
			pause = time.Duration(change.Wait)
		}
		for _, objects := range states {
			m.objects = objects
			if err := w.become(m, grace); err != nil {
				load.Stop()
				return nil, err
			}
			time.Sleep(pause)
			if time.Since(began) > longestRollout {
				load.Stop()
				return nil, w.file.Bad(s.Line, "steps %q: takes longer than %s", s.Name, longestRollout)
			}
		}
		if len(states) == 0 {
			time.Sleep(pause)
		}
	}
	w.settle(5 * time.Second)
	// The workloads of `ends` keep running after the last change.
	for load.Sent() < s.Want.AtLeast && time.Since(began) < longestRollout {
		time.Sleep(20 * time.Millisecond)
	}
	seen := load.Stop()
	if end := s.Want.Ends; !end.IsZero() && !end.IsOutside() && len(w.runner.Pods(end)) == 0 {
		return nil, w.file.Bad(max(end.Line, s.Line), "steps %q: unknown workload or pod %q: it does not exist after the last change", s.Name, end)
	}
	result := &report.StepResult{Name: s.Name, Sent: seen.Sent, Lost: seen.Lost, Reasons: seen.Reasons, Answers: seen.Answers}
	w.judgeRollout(s, seen, result)
	result.Took = time.Since(began)
	// The next rollout starts from the manifests again, after the removed pods have ended.
	w.ending.Wait()
	w.retiring = map[string]bool{}
	m.objects = before
	if err := w.become(m, 0); err != nil {
		return nil, err
	}
	w.ending.Wait()
	w.retiring = map[string]bool{}
	w.settle(5 * time.Second)
	w.plane.Logs.Forget()
	w.plane.Hits.Forget()
	return result, nil
}

func (w *world) judgeRollout(s *scenario.Rollout, seen *traffic.LoadResult, r *report.StepResult) {
	fail := func(format string, args ...any) { r.Failures = append(r.Failures, fmt.Sprintf(format, args...)) }
	r.Expected = s.Want.Lost + " lost"
	if s.Want.AtLeast > 0 {
		r.Expected += fmt.Sprintf(" of at least %d", s.Want.AtLeast)
	}
	if s.Want.Lost == "some" {
		if r.Lost == 0 {
			fail("nothing was lost")
		}
	} else if allowed, _ := strconv.Atoi(s.Want.Lost); r.Lost > allowed {
		fail("%d requests were lost, the first %s", r.Lost, seen.Example)
	}
	if r.Sent < s.Want.AtLeast {
		fail("only %d requests ran", r.Sent)
	}
	if end := s.Want.Ends; !end.IsZero() {
		if others := seen.EndsElsewhere(end); others != "" {
			fail("in the end %s answers, not %s", others, end)
		}
	}
	for _, want := range s.Want.Answered {
		if share := seen.Share(want.By); share < want.AtLeast || share > want.AtMost {
			fail("%s gave %.1f %% of the answers, not %g to %g %%", want.By, share, want.AtLeast, want.AtMost)
		}
	}
	r.OK = len(r.Failures) == 0
}

// change says which objects the cluster has after each part of a change, as `kubectl apply` or `kubectl delete` would leave them.
func (w *world) change(m *member, c *scenario.Change) (states [][]*manifests.Object, err error) {
	switch {
	case c.Apply.Value != "":
		objects, err := manifests.ReadFile(w.file.Beside(c.Apply.Value))
		if err != nil {
			return nil, w.file.Bad(c.Apply.Line, "%v", err)
		}
		return [][]*manifests.Object{overlay(m.objects, objects)}, nil
	case c.ApplyEach.Value != "":
		objects, err := manifests.ReadDir(w.file.Beside(c.ApplyEach.Value))
		if err != nil {
			return nil, w.file.Bad(c.ApplyEach.Line, "%v", err)
		}
		if states = oneByOne(m.objects, objects); len(states) == 0 {
			return nil, w.file.Bad(c.ApplyEach.Line, "applyEach changes nothing: the cluster has every object of %s", c.ApplyEach.Value)
		}
		return states, nil
	case c.Delete.Value != "":
		rest, found := without(m.objects, c.Delete.Value)
		if !found {
			return nil, w.file.Bad(c.Delete.Line, "nothing to delete: no object %s (kind/namespace/name)", c.Delete.Value)
		}
		return [][]*manifests.Object{rest}, nil
	}
	return nil, nil
}

// oneByOne are the objects that a cluster has after each of the changes is applied.
func oneByOne(objects, changes []*manifests.Object) (states [][]*manifests.Object) {
	for _, c := range changes {
		if !slices.ContainsFunc(objects, func(o *manifests.Object) bool {
			return o.ID() == c.ID() && o.Group() == c.Group() && reflect.DeepEqual(o.Object, c.Object)
		}) {
			objects = overlay(objects, []*manifests.Object{c})
			states = append(states, objects)
		}
	}
	return states
}

func overlay(objects, changes []*manifests.Object) []*manifests.Object {
	out := append([]*manifests.Object{}, objects...)
	for _, c := range changes {
		replaced := false
		for i, o := range out {
			if o.ID() == c.ID() && o.Group() == c.Group() {
				out[i], replaced = c, true
			}
		}
		if !replaced {
			out = append(out, c)
		}
	}
	return out
}

func without(objects []*manifests.Object, id string) (rest []*manifests.Object, found bool) {
	for _, o := range objects {
		if o.ID() == id {
			found = true
			continue
		}
		rest = append(rest, o)
	}
	return rest, found
}

// become changes the running cluster to the objects of the member. New pods start before istiod knows them, because a pod is
// ready before it is an endpoint. Old pods end after their grace period.
func (w *world) become(m *member, grace time.Duration) error {
	if err := checkContainers(m.objects); err != nil {
		return err
	}
	verdict, err := apiserver.Judge(m.objects, w.crds, w.worldNamespaces(m.name))
	if err != nil {
		return err
	}
	next, err := w.build(m, verdict)
	if err != nil {
		return err
	}
	m.refuse(verdict, next.Refused)
	m.orders = orders(verdict)
	if len(verdict.Findings) > 0 {
		f := verdict.Findings[0]
		return &manifests.BadInput{File: f.File, Line: f.Line, Message: "the API server refuses this step: " + f.Message}
	}
	m.state = next
	if err := w.certificates(m); err != nil {
		return err
	}
	states := w.allWith(m, next)
	if err := w.plane.Start(states...); err != nil {
		return err
	}
	if err := w.plane.Ready(20 * time.Second); err != nil {
		return err
	}
	if err := w.servers[m.name].Apply(next); err != nil {
		return err
	}
	w.states[m.name] = next
	w.retire(w.plane.Surplus(states...), grace)
	return nil
}

// grace is the time that a pod runs after its deletion.
const grace = time.Second

// retire ends pods in the background, like the kubelet, while the change spreads.
func (w *world) retire(keys []string, grace time.Duration) {
	for _, key := range keys {
		if w.retiring[key] {
			continue
		}
		w.retiring[key] = true
		w.ending.Add(1)
		time.AfterFunc(grace, func() {
			defer w.ending.Done()
			w.plane.End(key)
		})
	}
}

// allWith are the states of all clusters, one of them replaced.
func (w *world) allWith(m *member, state *cluster.State) []*cluster.State {
	states := []*cluster.State{state}
	for _, o := range w.members {
		if o != m {
			states = append(states, w.states[o.name])
		}
	}
	return states
}
