package traffic

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/network"
)

// Observation is the result of one call.
type Observation struct {
	ID      string            `json:"id"`
	Status  int               `json:"status,omitempty"`
	Error   string            `json:"error,omitempty"`
	Echo    *echo.Report      `json:"echo,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Began   time.Time         `json:"began"`
	// Dialled is the time when its connection was opened, maybe by an earlier call.
	Dialled time.Time     `json:"dialled"`
	Took    time.Duration `json:"took"`
	Local   string        `json:"local,omitempty"`
	// Certificate is what the server showed to a caller that speaks TLS template.
	Certificate *x509.Certificate `json:"-"`
	// TLS is the negotiated TLS of such a caller.
	TLS *tls.ConnectionState `json:"-"`
}

// caller makes calls of one kind from one place.
type caller struct {
	space     *network.Namespace
	addresses []string
	port      string
	target    *url.URL
	method    string
	headers   map[string]string
	timeout   time.Duration
	tls       *tls.Config
	preamble  []byte
	// every is the wait between two calls, or between two of the lines of a connection.
	every time.Duration
	lines int
	// waits makes the caller wait for the first line of the server.
	waits bool
	// reconnect opens a connection for each call. cookies keeps cookies.
	reconnect, cookies bool
	// reason requires the reason of a refusal.
	reason bool
	client *http.Client
	// dialled is when the connection from each local address was.
	dialled sync.Map
}

var serial atomic.Int64

func newID() string { return fmt.Sprintf("c%d-%08x", serial.Add(1), rand.Uint32()) }

func (c *caller) dial(ctx context.Context) (conn net.Conn, err error) {
	address := net.JoinHostPort(c.addresses[rand.Intn(len(c.addresses))], c.port)
	began := time.Now()
	connect := func() error {
		conn, err = (&net.Dialer{Timeout: 3 * time.Second}).DialContext(ctx, "tcp4", address)
		return err
	}
	if c.space == nil { // a caller in the root namespace of the run
		err = connect()
	} else {
		err = c.space.Do(connect)
	}
	if err != nil {
		return nil, err
	}
	c.dialled.Store(conn.LocalAddr().String(), began)
	if len(c.preamble) > 0 {
		_, err = conn.Write(c.preamble)
	}
	return conn, err
}

func (c *caller) prepare() {
	protocols := &http.Protocols{}
	transport := &http.Transport{
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx) },
		TLSClientConfig:     c.tls,
		MaxIdleConnsPerHost: 16, DisableCompression: true, TLSHandshakeTimeout: 3 * time.Second, DisableKeepAlives: c.reconnect,
	}
	switch c.target.Scheme {
	case "grpc", "http2":
		protocols.SetUnencryptedHTTP2(true)
	case "grpcs", "http2s":
		protocols.SetHTTP2(true)
	default:
		protocols.SetHTTP1(true)
	}
	transport.Protocols = protocols
	c.client = &http.Client{Transport: transport, Timeout: c.timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if c.cookies {
		c.client.Jar, _ = cookiejar.New(nil) // no options, no errors
	}
}

func (c *caller) close() { c.client.CloseIdleConnections() }

// call makes one call.
func (c *caller) call() *Observation {
	o := &Observation{ID: newID(), Began: time.Now()}
	switch c.target.Scheme {
	case "tcp", "tls":
		c.line(o)
	default:
		c.request(o)
	}
	o.Took, o.Dialled = time.Since(o.Began), o.Began
	if at, ok := c.dialled.Load(o.Local); ok {
		o.Dialled = at.(time.Time)
	}
	return o
}

func (c *caller) request(o *Observation) {
	target := *c.target
	var body io.Reader
	switch target.Scheme {
	case "grpc", "http2":
		target.Scheme = "http"
	case "grpcs", "http2s":
		target.Scheme = "https"
	}
	grpc := strings.HasPrefix(c.target.Scheme, "grpc")
	if grpc {
		body = bytes.NewReader([]byte{0, 0, 0, 0, 0})
	}
	trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { o.Local = i.Conn.LocalAddr().String() }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), trace), c.method, target.String(), body)
	if err != nil {
		o.Error = err.Error()
		return
	}
	r.Header.Set("User-Agent", "conformance")
	if grpc {
		r.Header.Set("Content-Type", "application/grpc")
		r.Header.Set("TE", "trailers")
	}
	for k, v := range c.headers {
		if strings.EqualFold(k, "host") {
			r.Host = v
			continue
		}
		r.Header.Set(k, v)
	}
	r.Header.Set(echo.HeaderID, o.ID)
	response, err := c.client.Do(r)
	if err != nil {
		o.Error = plainError(err)
		return
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	o.Status = response.StatusCode
	if err != nil {
		o.Error = plainError(err)
	}
	o.Headers = map[string]string{}
	for k, v := range response.Header {
		o.Headers[strings.ToLower(k)] = strings.Join(v, ",")
	}
	for k, v := range response.Trailer {
		o.Headers[strings.ToLower(k)] = strings.Join(v, ",")
	}
	if response.TLS != nil && len(response.TLS.PeerCertificates) > 0 {
		o.Certificate, o.TLS = response.TLS.PeerCertificates[0], response.TLS
	}
	if o.Headers[echo.HeaderEcho] != "" {
		if grpc && len(text) > 5 {
			text = text[5:]
		}
		report := &echo.Report{}
		if json.Unmarshal(text, report) == nil {
			o.Echo = report
		}
	}
}

// line makes a plain TCP (or TLS) exchange of one line.
func (c *caller) line(o *Observation) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	conn, err := c.dial(ctx)
	if err != nil {
		o.Error = plainError(err)
		return
	}
	defer conn.Close()
	o.Local = conn.LocalAddr().String()
	_ = conn.SetDeadline(time.Now().Add(c.timeout))
	if c.target.Scheme == "tls" {
		t := tls.Client(conn, c.tls)
		if err := t.Handshake(); err != nil {
			o.Error = plainError(err)
			return
		}
		state := t.ConnectionState()
		o.Certificate, o.TLS = state.PeerCertificates[0], &state
		conn = t
	}
	hello, answers, text := "hello id="+o.ID+"\n", bufio.NewReader(conn), ""
	if delay := c.headers[echo.HeaderDelay]; delay != "" {
		hello = "hello delay=" + delay + " id=" + o.ID + "\n"
	}
	if c.waits {
		if _, err := answers.ReadString('\n'); err != nil {
			o.Error = plainError(err)
			return
		}
	}
	for i := range max(c.lines, 1) {
		if i > 0 {
			time.Sleep(c.every)
		}
		if _, err = io.WriteString(conn, hello); err == nil {
			text, err = answers.ReadString('\n')
		}
		if err != nil {
			o.Error = plainError(err)
			return
		}
	}
	report := &echo.Report{}
	if err := json.Unmarshal([]byte(text), report); err != nil {
		o.Error = "an answer that is not the echo's: " + strings.TrimSpace(text)
		return
	}
	o.Echo = report
}

// unreachable is the error of a caller at an address without a rule and a route.
const unreachable = "network is unreachable"

// plainError removes the wrapping of net/http.
func plainError(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "connection closed without an answer"
	}
	text := err.Error()
	for _, reason := range []string{"connection refused", "connection reset by peer", "no route to host", unreachable} {
		if strings.HasSuffix(text, reason) {
			return reason
		}
	}
	return text
}
