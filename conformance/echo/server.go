// Package echo is the application in every pod and on every machine outside. It
// reports what it received, over HTTP/1.1, HTTP/2, gRPC, TLS or plain TCP.
package echo

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Who is answering.
type Who struct {
	Cluster, Namespace, Pod, Workload, Version string
	// Machine is set for outside machines.
	Machine string
}

// Name is the pod's or the machine's.
func (w Who) Name() string {
	if w.Machine != "" {
		return "outside/" + w.Machine
	}
	return w.Namespace + "/" + w.Pod
}

// is reports whether a reference means this pod, or the workload that it belongs to.
func (w Who) is(ref string) bool { return ref == w.Name() || ref == w.Namespace+"/"+w.Workload }

// Report is the request as the echo server received it.
type Report struct {
	Who      Who               `json:"who"`
	Port     int               `json:"port"`
	Method   string            `json:"method,omitempty"`
	Path     string            `json:"path,omitempty"`
	Host     string            `json:"host,omitempty"`
	Protocol string            `json:"protocol"`
	Headers  map[string]string `json:"headers,omitempty"`
	From     string            `json:"from"`
	TLS      *TLSReport        `json:"tls,omitempty"`
}

// TLSReport is the TLS connection that the application terminated.
type TLSReport struct {
	SNI     string   `json:"sni"`
	Version string   `json:"version"`
	Client  []string `json:"client,omitempty"`
}

// Headers that control the response, and headers that connect a request with its traces.
const (
	HeaderID        = "x-conformance-id"
	HeaderStatus    = "x-conformance-status"
	HeaderDelay     = "x-conformance-delay"
	HeaderOnly      = "x-conformance-only"
	HeaderFirstHits = "x-conformance-first-hits"
	HeaderEcho      = "x-conformance-echo"
)

// Options of one server.
type Options struct {
	Who  Who
	Port int
	// TLS is the TLS configuration for clients that begin with TLS.
	TLS *tls.Config
	// OnlyTLS refuses anything else.
	OnlyTLS bool
	// First makes the server send the first line, and then answer each line.
	First bool
	Hits  *Hits
}

type server struct {
	Options
	http, https *http.Server
	plain, tls  *handoff
}

// Serve answers on a listener until it is closed.
func Serve(l net.Listener, o Options) {
	s := &server{Options: o, plain: newHandoff(l), tls: newHandoff(l)}
	plain := &http.Protocols{}
	plain.SetHTTP1(true)
	plain.SetUnencryptedHTTP2(true)
	s.http = &http.Server{Handler: s, Protocols: plain, IdleTimeout: time.Minute}
	s.https = &http.Server{Handler: s, IdleTimeout: time.Minute}
	go func() { _ = s.http.Serve(s.plain) }()
	go func() { _ = s.https.Serve(s.tls) }()
	for {
		c, err := l.Accept()
		if err != nil {
			s.plain.shut()
			s.tls.shut()
			_ = s.http.Close()
			_ = s.https.Close()
			return
		}
		if s.First {
			go s.greet(c)
			continue
		}
		go s.sniff(c)
	}
}

var methods = []string{"GET ", "POST", "PUT ", "HEAD", "DELE", "PATC", "OPTI", "PRI ", "TRAC", "CONN"}

// greet sends the first line, like servers of MySQL and SMTP.
func (s *server) greet(c net.Conn) {
	if _, err := io.WriteString(c, "ready\n"); err != nil {
		_ = c.Close()
		return
	}
	s.line(c, nil)
}

// sniff detects the protocol by the first bytes: TLS, HTTP, or neither.
func (s *server) sniff(c net.Conn) {
	b := &peeked{Conn: c, r: bufio.NewReader(c)}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	first, err := b.r.Peek(4)
	_ = c.SetReadDeadline(time.Time{})
	if err != nil {
		_ = c.Close()
		return
	}
	if first[0] == 0x16 && s.TLS != nil {
		s.secure(b)
		return
	}
	if s.OnlyTLS {
		_ = c.Close()
		return
	}
	for _, m := range methods {
		if string(first) == m {
			s.plain.give(b)
			return
		}
	}
	s.line(b, nil)
}

func (s *server) secure(c net.Conn) {
	t := tls.Server(c, s.TLS)
	if t.Handshake() != nil {
		_ = c.Close()
		return
	}
	if t.ConnectionState().NegotiatedProtocol == "h2" {
		s.tls.give(t)
		return
	}
	b := &peekedTLS{Conn: t, r: bufio.NewReader(t)}
	first, err := b.r.Peek(4)
	if err != nil {
		_ = c.Close()
		return
	}
	for _, m := range methods {
		if string(first) == m {
			s.tls.give(b)
			return
		}
	}
	s.line(b, tlsReport(t.ConnectionState()))
}

// line answers plain TCP: one line of JSON for each line that comes.
func (s *server) line(c net.Conn, t *TLSReport) {
	defer c.Close()
	scanner := bufio.NewScanner(c)
	for scanner.Scan() {
		text := scanner.Text()
		r := Report{Who: s.Who, Port: s.Port, Protocol: "TCP", Path: text, From: c.RemoteAddr().String(), TLS: t}
		if _, id, ok := strings.Cut(text, "id="); ok {
			s.Hits.Add(id, s.Who.Name(), &r)
		}
		if _, rest, ok := strings.Cut(text, "delay="); ok {
			delay, _, _ := strings.Cut(rest, " ")
			if d, err := time.ParseDuration(delay); err == nil {
				time.Sleep(d)
			}
		}
		answer, _ := json.Marshal(r)
		if _, err := c.Write(append(answer, '\n')); err != nil {
			return
		}
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	report := Report{
		Who: s.Who, Port: s.Port, Method: r.Method, Path: r.URL.RequestURI(), Host: r.Host, Protocol: r.Proto,
		Headers: map[string]string{}, From: r.RemoteAddr,
	}
	for name, values := range r.Header {
		report.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	switch {
	case r.TLS != nil:
		report.TLS = tlsReport(*r.TLS)
	default:
		if c, ok := r.Context().Value(http.LocalAddrContextKey).(*tlsAddr); ok {
			report.TLS = c.report
		}
	}
	hit := s.Hits.Add(r.Header.Get(HeaderID), s.Who.Name(), &report)
	status := s.behave(r, hit)
	body, _ := json.Marshal(report)
	w.Header().Set(HeaderEcho, s.Who.Name())
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		answerGRPC(w, status, body)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// behave waits or fails as the request configures it.
func (s *server) behave(r *http.Request, hit int) int {
	if only := r.Header.Get(HeaderOnly); only != "" {
		if !s.Who.is(only) {
			return http.StatusOK
		}
		hit = s.Hits.at(r.Header.Get(HeaderID), only)
	}
	if first, err := strconv.Atoi(r.Header.Get(HeaderFirstHits)); err == nil && hit > first {
		return http.StatusOK
	}
	if d, err := time.ParseDuration(r.Header.Get(HeaderDelay)); err == nil {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
		}
	}
	if status, err := strconv.Atoi(r.Header.Get(HeaderStatus)); err == nil {
		return status
	}
	return http.StatusOK
}

// answerGRPC sends one message, the report as bytes, and the status as a trailer. Statuses below 100 are gRPC's own.
func answerGRPC(w http.ResponseWriter, status int, body []byte) {
	code := 0
	switch {
	case status < 100:
		code = status
	case status >= 500:
		code = 14
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "grpc-status")
	if code == 0 {
		prefix := make([]byte, 5)
		binary.BigEndian.PutUint32(prefix[1:], uint32(len(body)))
		_, _ = w.Write(append(prefix, body...))
	}
	w.Header().Set("grpc-status", strconv.Itoa(code))
}

func tlsReport(s tls.ConnectionState) *TLSReport {
	t := &TLSReport{SNI: s.ServerName, Version: tls.VersionName(s.Version)}
	for _, c := range s.PeerCertificates {
		for _, u := range c.URIs {
			t.Client = append(t.Client, u.String())
		}
		t.Client = append(t.Client, c.DNSNames...)
		break
	}
	return t
}

// Hits counts how often each request reached an application, retries and mirrors included.
type Hits struct {
	mu   sync.Mutex
	byID map[string][]Hit
}

// Hit is one arrival.
type Hit struct {
	Who    string
	Report *Report
}

// NewHits starts empty.
func NewHits() *Hits { return &Hits{byID: map[string][]Hit{}} }

// Add records one arrival and returns its number for this request.
func (h *Hits) Add(id, who string, r *Report) int {
	if id == "" {
		return 1
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byID[id] = append(h.byID[id], Hit{who, r})
	return len(h.byID[id])
}

// at counts the arrivals of a request at one workload or pod. Mirrored requests at others are no attempts.
func (h *Hits) at(id, ref string) int {
	n := 0
	for _, hit := range h.Of(id) {
		if hit.Report.Who.is(ref) {
			n++
		}
	}
	return n
}

// Of returns a request's arrivals.
func (h *Hits) Of(id string) []Hit {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Hit{}, h.byID[id]...)
}

// Forget drops all.
func (h *Hits) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byID = map[string][]Hit{}
}
