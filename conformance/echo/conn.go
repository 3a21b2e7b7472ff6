package echo

import (
	"bufio"
	"crypto/tls"
	"net"
	"sync"
)

// peeked is a connection whose first bytes have been looked at.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// peekedTLS is the same inside TLS; net/http cannot see through it, so the TLS facts travel in its local address.
type peekedTLS struct {
	*tls.Conn
	r *bufio.Reader
}

func (p *peekedTLS) Read(b []byte) (int, error) { return p.r.Read(b) }

func (p *peekedTLS) LocalAddr() net.Addr {
	return &tlsAddr{p.Conn.LocalAddr(), tlsReport(p.Conn.ConnectionState())}
}

type tlsAddr struct {
	net.Addr
	report *TLSReport
}

// handoff is a listener that is fed connections by hand.
type handoff struct {
	of    net.Listener
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newHandoff(l net.Listener) *handoff {
	return &handoff{of: l, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (h *handoff) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		_ = c.Close()
	}
}

func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h *handoff) shut()          { h.once.Do(func() { close(h.done) }) }
func (h *handoff) Close() error   { h.shut(); return nil }
func (h *handoff) Addr() net.Addr { return h.of.Addr() }
