package dataplane

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/network"
)

// proxy is one Envoy process.
type proxy struct {
	pod   *cluster.Pod
	space *network.Namespace
	cmd   *exec.Cmd
	exit  chan struct{}
	// wasReady is set once Envoy has reported that it is ready; it stays so until it ends.
	wasReady bool

	mu   sync.Mutex
	said []string // warnings and errors of Envoy itself
}

// startProxy writes the bootstrap file and starts Envoy in the pod's namespace, as the sidecar's user.
func startProxy(envoy, dir string, pod *cluster.Pod, space *network.Namespace, discovery string, logs *Logs) (*proxy, error) {
	config, err := json.Marshal(bootstrap(pod, discovery))
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, strings.NewReplacer("/", "_", ":", "_").Replace(pod.Key())+".json")
	if err := os.WriteFile(file, config, 0o644); err != nil {
		return nil, err
	}
	p := &proxy{pod: pod, space: space, exit: make(chan struct{})}
	p.cmd = exec.Command(envoy, "-c", file, "--concurrency", "1", "--disable-hot-restart", "--file-flush-interval-msec", "20",
		"--drain-time-s", "45", "--drain-strategy", "immediate", "--log-level", "warning", "--log-format", "%l %v",
		"--component-log-level", "misc:error")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: network.Uid, Gid: network.Uid}}
	stdout, err := ownedPipe(&p.cmd.Stdout)
	if err != nil {
		return nil, err
	}
	stderr, err := ownedPipe(&p.cmd.Stderr)
	if err != nil {
		return nil, err
	}
	if err := space.Do(p.cmd.Start); err != nil {
		return nil, fmt.Errorf("starting Envoy: %w", err)
	}
	_ = p.cmd.Stdout.(*os.File).Close()
	_ = p.cmd.Stderr.(*os.File).Close()
	go logs.read(stdout, pod)
	go p.listen(stderr)
	go func() { _ = p.cmd.Wait(); close(p.exit) }()
	return p, nil
}

// ownedPipe makes a pipe that the proxy's user may open again by /dev/stdout.
func ownedPipe(end *io.Writer) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	*end = w
	return r, w.Chown(network.Uid, network.Uid)
}

func (p *proxy) listen(r io.Reader) {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 1<<16), 1<<22)
	for scanner.Scan() {
		p.mu.Lock()
		if len(p.said) < 200 {
			p.said = append(p.said, scanner.Text())
		}
		p.mu.Unlock()
	}
}

func (p *proxy) stop(grace time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exit:
	case <-time.After(grace):
		_ = p.cmd.Process.Kill()
		<-p.exit
	}
}

// adminPort is Envoy's admin port, as in Istio's proxy.
const adminPort = "15000"

func (p *proxy) admin(path string) (int, string, error) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, address string) (c net.Conn, err error) {
			err = p.space.Do(func() error { c, err = (&net.Dialer{}).DialContext(ctx, "tcp4", address); return err })
			return c, err
		},
	}}
	response, err := client.Get("http://127.0.0.1:" + adminPort + path)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

func (p *proxy) ready() (bool, error) {
	select {
	case <-p.exit:
		return false, fmt.Errorf("Envoy of %s ended: %s", p.pod.Ref(), p.last())
	default:
	}
	if !p.wasReady {
		status, _, err := p.admin("/ready")
		p.wasReady = err == nil && status == 200
	}
	return p.wasReady, nil
}

// rejections are configurations that this Envoy refused: its side of a NACK.
func (p *proxy) rejections() []string {
	_, text, err := p.admin("/stats?filter=update_rejected&usedonly")
	if err != nil {
		return []string{p.pod.Ref() + ": no answer from Envoy: " + err.Error()}
	}
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok && value != "0" {
			out = append(out, fmt.Sprintf("%s: %s = %s (%s)", p.pod.Ref(), name, value, p.why()))
		}
	}
	return out
}

func (p *proxy) why() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.said {
		if strings.Contains(line, "rejected") || strings.Contains(line, "Error adding/updating") {
			return line
		}
	}
	return "see Envoy's own log"
}

// last returns the last log lines of Envoy.
func (p *proxy) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.said[max(0, len(p.said)-2):], " | ")
}
