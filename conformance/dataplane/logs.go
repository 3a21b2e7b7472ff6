package dataplane

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

// Hop is one line of a proxy's access log: what this proxy did with a request or a connection.
type Hop struct {
	Pod  *cluster.Pod `json:"-"`
	At   string       `json:"at"`
	Way  string       `json:"way"` // in, out, through (a gateway)
	ID   string       `json:"id"`
	From string       `json:"remote"`

	Start         string `json:"start"`
	Path          string `json:"path"`
	Authority     string `json:"authority"`
	Status        string `json:"status"`
	Flags         string `json:"flags"`
	Details       string `json:"details"`
	Closed        string `json:"closed"`
	Transport     string `json:"transport"`
	Cluster       string `json:"cluster"`
	Upstream      string `json:"upstream"`
	UpstreamLocal string `json:"upstreamLocal"`
	Local         string `json:"local"`
	Direct        string `json:"direct"`
	SNI           string `json:"sni"`
	TLS           string `json:"tls"`
	Peer          string `json:"downstreamPeer"`
	UpstreamTLS   string `json:"upstreamTLS"`
	UpstreamPeer  string `json:"upstreamPeer"`
	Route         string `json:"route"`
	Chain         string `json:"chain"`
	Attempts      string `json:"attempts"`
}

// Logs gathers the hops of all proxies.
type Logs struct {
	mu    sync.Mutex
	byID  map[string][]*Hop
	plain []*Hop // of connections without requests
	lines int
}

// NewLogs starts empty.
func NewLogs() *Logs { return &Logs{byID: map[string][]*Hop{}} }

func (l *Logs) read(r io.Reader, pod *cluster.Pod) {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 1<<16), 1<<22)
	for scanner.Scan() {
		line := scanner.Bytes()
		if len(line) == 0 || line[0] != '{' {
			continue
		}
		h := &Hop{}
		if json.Unmarshal(line, h) != nil {
			continue
		}
		h.clean()
		h.Pod, h.At = pod, pod.Ref()
		switch {
		case pod.Role == cluster.Router:
			h.Way = "through"
		case strings.HasPrefix(h.Cluster, "inbound|") || h.Cluster == "InboundPassthroughCluster" || strings.HasPrefix(h.Chain, "virtualInbound") || (h.Cluster == "" && strings.HasPrefix(h.Local, pod.Address+":")):
			h.Way = "in"
		default:
			h.Way = "out"
		}
		l.Add(h)
	}
}

// Add adds one hop.
func (l *Logs) Add(h *Hop) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines++
	if h.ID == "" {
		l.plain = append(l.plain, h)
	} else {
		l.byID[h.ID] = append(l.byID[h.ID], h)
	}
}

// clean replaces Envoy's "-" with an empty text.
func (h *Hop) clean() {
	for _, s := range []*string{
		&h.ID, &h.Path, &h.Authority, &h.Status, &h.Flags, &h.Details, &h.Closed, &h.Transport, &h.Cluster, &h.Upstream, &h.UpstreamLocal,
		&h.Local, &h.Direct, &h.SNI, &h.TLS, &h.Peer, &h.UpstreamTLS, &h.UpstreamPeer, &h.Route, &h.Chain, &h.Attempts, &h.From, &h.Start,
	} {
		if *s = strings.TrimSpace(*s); *s == "-" {
			*s = ""
		}
	}
}

// Of returns a request's hops.
func (l *Logs) Of(id string) []*Hop {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*Hop{}, l.byID[id]...)
}

// OfConnection follows a connection from the caller's own address through the proxies. Source ports are used again, by later calls
// and by proxies, so only connections within the time of the call count.
func (l *Logs) OfConnection(local string, from, to time.Time) []*Hop {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*Hop
	for len(out) < 8 {
		next := l.after(out, local, from, to)
		if next == nil {
			return out
		}
		if len(out) == 0 {
			from = from.Add(-pooled)
		}
		out = append(out, next)
		if local = next.UpstreamLocal; local == "" {
			return out
		}
	}
	return out
}

// after finds the hop that a connection from an address comes to next. A caller and its own proxy may have the same port at a time, towards
// different addresses: a caller comes to its own proxy where it has one, and what a proxy opens never comes back to that proxy.
func (l *Logs) after(before []*Hop, local string, from, to time.Time) (next *Hop) {
	address, _, _ := strings.Cut(local, ":")
	for _, h := range l.plain {
		if (h.From != local && h.Direct != local) || !h.beganBetween(from, to) || slices.Contains(before, h) {
			continue
		}
		own := h.Way == "out" && h.Pod != nil && h.Pod.Address == address
		switch {
		case own && len(before) == 0:
			return h
		case !own:
			next = h
		}
	}
	return next
}

// skew is how far a proxy's clock, which it reads now and then, may be from the caller's.
const skew = 10 * time.Millisecond

// pooled is how much earlier than its call a connection may begin that a proxy opens: the proxy gives a call the first connection
// that is ready, also one that it opened for another call.
const pooled = time.Second

// beganBetween is false if the hop began at another time. It is true for a hop without a time.
func (h *Hop) beganBetween(from, to time.Time) bool {
	seconds, err := strconv.ParseFloat(h.Start, 64)
	if err != nil {
		return true
	}
	at := time.UnixMicro(int64(seconds * 1e6))
	return !at.Before(from.Add(-skew)) && !at.After(to.Add(skew))
}

// Lines is how many lines have been read since the run began.
func (l *Logs) Lines() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines
}

// Forget drops all requests seen so far.
func (l *Logs) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byID = map[string][]*Hop{}
	l.plain = nil
}
