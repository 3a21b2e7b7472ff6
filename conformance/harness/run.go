package harness

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/controlplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/report"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

// Options of a run.
type Options struct {
	Envoy string
	// Dir is private to the run and vanishes with it.
	Dir      string
	Mutate   Mutation
	Progress func(format string, args ...any)
	// SkipSteps leaves rollouts out (mutants).
	SkipSteps bool
}

// world is an example with its proxies running.
type world struct {
	*loaded
	Options
	lap     func(phase string)
	plane   *dataplane.Plane
	servers map[string]*controlplane.Server
	states  map[string]*cluster.State
	runner  *traffic.Runner
	// ending counts pods in their grace; retiring names them.
	ending   sync.WaitGroup
	retiring map[string]bool
}

// Run checks one example. An error means bad input or a broken environment. Faults of the manifests are in the report.
// The caller must be in isolated namespaces.
func Run(e Example, o Options) (*report.Report, error) {
	began := time.Now()
	forgetPeak()
	o.Progress("%s: API server", e.Name)
	l, err := load(e, o.Mutate)
	if err != nil {
		return nil, err
	}
	out := &report.Report{Name: e.Name}
	lap := func(phase string) { out.Figures.Lap(began, phase) }
	lap("API server")
	for _, m := range l.members {
		out.Objects += m.verdict.Judged
		out.API = append(out.API, m.verdict.Findings...)
	}
	if len(out.API) == 0 {
		// References to refused objects are missing. The manifests cause this, not the input.
		if err := l.checkReferences(); err != nil {
			return nil, err
		}
	}
	o.Progress("%s: istioctl", e.Name)
	if out.Istio, err = l.istio(); err != nil {
		return nil, err
	}
	lap("istioctl")
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	w := &world{loaded: l, Options: o, lap: lap, servers: map[string]*controlplane.Server{}, states: map[string]*cluster.State{}, retiring: map[string]bool{}}
	defer w.stop()
	if err := w.start(); err != nil {
		return nil, err
	}
	prefer(true)
	defer prefer(false)
	out.Figures.Start = time.Since(began)
	w.traffic(out)
	lap("requests")
	w.jobs(out)
	if err := w.pairs(out); err != nil {
		return nil, err
	}
	lap("pairs")
	if err := w.scopes(out); err != nil {
		return nil, err
	}
	lap("scopes")
	if !o.SkipSteps {
		if err := w.steps(out); err != nil {
			return nil, err
		}
	}
	lap("steps")
	out.NACKs = append(out.NACKs, w.rejections()...)
	lap("rejections")
	for _, m := range l.members {
		out.Figures.Proxies += w.plane.Proxies(m.name)
	}
	out.Figures.Total = time.Since(began)
	out.Figures.Harness, out.Figures.Envoys = peakMemory()
	out.Judge()
	return out, nil
}

// start starts the istiod of every cluster and all pods, and waits until all proxies have their configuration.
func (w *world) start() error {
	var err error
	if w.plane, err = dataplane.New(w.Envoy, w.Dir); err != nil {
		return fmt.Errorf("laying the network: %w", err)
	}
	w.plane.SpeaksTLS, w.plane.SpeaksFirst = w.file.World.SpeaksTLS, w.file.World.SpeaksFirst
	if err := w.plane.AddMachines(w.file.World.Outside); err != nil {
		return err
	}
	w.lap("network")
	var states []*cluster.State
	for i, m := range w.members {
		if err := w.certificates(m); err != nil {
			return err
		}
		address := dataplane.DiscoveryAddress(i)
		debounce := 10 * time.Millisecond
		if len(w.file.Steps) > 0 {
			debounce = 100 * time.Millisecond // istiod's own: changes in motion depend on it
		}
		listen := func() (net.Listener, error) { return w.plane.Listen(address) }
		server, err := controlplane.Start(m.state, controlplane.Options{Listen: listen, Mesh: m.mesh, Debounce: debounce, IdentityOf: w.plane.IdentityOf})
		if err != nil {
			return err
		}
		w.servers[m.name], w.states[m.name] = server, m.state
		w.plane.AddCluster(m.name, address, w.addresses.PodRange(m.name))
		states = append(states, m.state)
	}
	w.lap("istiod")
	w.Progress("%s: starting %d pods", w.Name, countPods(states))
	if err := w.plane.Start(states...); err != nil {
		return err
	}
	w.lap("pods")
	if err := w.plane.Ready(40 * time.Second); err != nil {
		return err
	}
	w.lap("ready")
	w.settle(10 * time.Second)
	w.lap("settled")
	w.runner = &traffic.Runner{Plane: w.plane, Mint: w.mint, States: w.states, Alpha: traffic.AlphaFor(w.file.Requests), Captured: func(p *cluster.Pod) map[string][]string {
		return w.servers[p.Cluster].NamesFor(p.Address)
	}}
	return nil
}

// stop removes everything of the run: the next run starts in the same process.
func (w *world) stop() {
	w.ending.Wait()
	if w.plane != nil {
		w.plane.Stop()
	}
	for _, server := range w.servers {
		server.Stop()
	}
	_ = os.RemoveAll(w.Dir)
}

func countPods(states []*cluster.State) (n int) {
	for _, s := range states {
		n += len(s.Pods)
	}
	return n
}

// settle waits until every proxy has acknowledged everything.
func (w *world) settle(limit time.Duration) {
	deadline := time.Now().Add(limit)
	for quiet := 0; quiet < 3 && time.Now().Before(deadline); time.Sleep(15 * time.Millisecond) {
		settled := true
		for name, server := range w.servers {
			settled = settled && server.Settled(w.plane.Proxies(name))
		}
		if quiet++; !settled {
			quiet = 0
		}
	}
}

func (w *world) traffic(out *report.Report) {
	for i, q := range w.file.Requests {
		w.Progress("%s: request %d of %d: %s", w.Name, i+1, len(w.file.Requests), q.Name)
		result := w.runner.Run(q)
		if !result.OK {
			for name, state := range w.states {
				result.Failures = append(result.Failures, withoutCredentials(state, w.servers[name])...)
			}
		}
		out.Requests = append(out.Requests, result)
		out.Figures.Requests += result.Count
	}
}

func (w *world) rejections() []string {
	all := w.plane.Rejections()
	for _, s := range w.servers {
		all = append(all, s.Rejections()...)
	}
	return all
}

// prefer gives this process and its proxies priority while requests run, because durations are checked and other examples start at
// the same time. The kernel may compare processes, or the sessions that they are in. Without the right to do so the run goes on.
func prefer(yes bool) {
	nice := 0
	if yes {
		nice = -10
	}
	_ = unix.Setpriority(unix.PRIO_PGRP, 0, nice)
	_ = os.WriteFile("/proc/self/autogroup", []byte(strconv.Itoa(nice)), 0o600)
}

// forgetPeak resets the kernel's peak memory of this process.
func forgetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600) }

// peakMemory is that of this process and of all Envoys, in MiB. The Envoys are the other processes in the /proc of the run.
func peakMemory() (own, envoys int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		text, err := os.ReadFile("/proc/" + e.Name() + "/status")
		if err != nil {
			continue
		}
		var kib int
		if at := strings.Index(string(text), "VmHWM:"); at >= 0 {
			_, _ = fmt.Sscanf(string(text)[at:], "VmHWM: %d kB", &kib)
		}
		if e.Name() == "1" {
			own = kib / 1024
		} else if e.Name() != "self" && e.Name() != "thread-self" {
			envoys += kib / 1024
		}
	}
	return own, envoys
}
