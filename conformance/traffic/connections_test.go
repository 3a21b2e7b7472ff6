package traffic

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

func TestCountsOverAllCalls(t *testing.T) {
	from := func(pod string) *Observation {
		return &Observation{ID: pod, Status: 200, Echo: &echo.Report{Who: echo.Who{Namespace: "shop", Pod: pod, Workload: "cart"}}}
	}
	one, cart := 1, scenario.Ref{Namespace: "shop", Name: "cart"}
	for name, c := range map[string]struct {
		expect scenario.Expect
		seen   []*Observation
		want   string
	}{
		"two pods":             {scenario.Expect{Pods: 2}, []*Observation{from("a"), from("b"), from("a")}, ""},
		"one pod too few":      {scenario.Expect{Pods: 2}, []*Observation{from("a"), from("a")}, "1 pods answered, not 2"},
		"one unanswered":       {scenario.Expect{Unanswered: &one}, []*Observation{from("a"), {ID: "x", Error: "closed"}}, ""},
		"none unanswered":      {scenario.Expect{Unanswered: &one}, []*Observation{from("a")}, "0 calls had no answer, not 1"},
		"one connection":       {scenario.Expect{Connections: 1}, []*Observation{from("a"), from("a")}, ""},
		"two connections":      {scenario.Expect{Connections: 1}, []*Observation{from("a"), from("b")}, "used 2 connections, not 1"},
		"hits in all":          {scenario.Expect{AllHits: map[scenario.Ref]int{cart: 2}}, []*Observation{from("a"), from("b")}, ""},
		"more hits":            {scenario.Expect{AllHits: map[scenario.Ref]int{cart: 1}}, []*Observation{from("a"), from("b")}, "was hit 2 times in all, not 1"},
		"a connection unknown": {scenario.Expect{Connections: 1}, []*Observation{from("a"), from("c")}, "used 1 connections, not 1"},
	} {
		plane := &dataplane.Plane{Logs: dataplane.NewLogs(), Hits: echo.NewHits()}
		for _, pod := range []string{"a", "b"} {
			plane.Logs.Add(&dataplane.Hop{ID: pod, Way: "out", UpstreamLocal: pod, Pod: &cluster.Pod{}})
			plane.Hits.Add(pod, "shop/"+pod, &echo.Report{Who: echo.Who{Namespace: "shop", Pod: pod, Workload: "cart"}})
		}
		result := &Result{}
		(&Runner{Plane: plane, Alpha: 1e-5}).judge(&scenario.Request{Expect: c.expect}, nil, c.seen, result)
		if got := strings.Join(result.Failures, " | "); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestSharesOfCalls(t *testing.T) {
	plane := &dataplane.Plane{Logs: dataplane.NewLogs(), Hits: echo.NewHits()}
	var seen []*Observation
	for i := range 1000 {
		o := &Observation{ID: "x", Status: 200, Took: 10 * time.Millisecond}
		if i%5 == 0 {
			o.Status = 503
		}
		if i%10 == 0 {
			o.Took = time.Second
		}
		seen = append(seen, o)
	}
	for name, c := range map[string]struct {
		share scenario.Share
		want  string
	}{
		"as said":     {scenario.Share{Percent: 20, Status: 503}, ""},
		"less":        {scenario.Share{Percent: 30, Status: 503}, "200 of 1000 calls (20.0 %) are those with 503, not 30 %"},
		"late":        {scenario.Share{Percent: 10, AtLeast: scenario.Duration(time.Second)}, ""},
		"both":        {scenario.Share{Percent: 10, Status: 503, AtLeast: scenario.Duration(time.Second)}, ""},
		"who was hit": {scenario.Share{Percent: 10, Hits: scenario.Ref{Namespace: "shop", Name: "shadow"}}, "0 of 1000 calls (0.0 %) are those with shadow"},
	} {
		q, result := &scenario.Request{Expect: scenario.Expect{Shares: []scenario.Share{c.share}}}, &Result{}
		(&Runner{Plane: plane, Alpha: 1e-5}).judge(q, nil, seen, result)
		if got := strings.Join(result.Failures, " | "); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if n := Needed(q, 1e-5); n < 300 || n > 10000 {
			t.Errorf("%s: %d calls", name, n)
		}
	}
}

// A caller keeps cookies and connections as configured, or sends the configured number of lines.
func TestHowCallersCall(t *testing.T) {
	cookies, connections := 0, map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connections[r.RemoteAddr] = true
		if _, err := r.Cookie("session"); err == nil {
			cookies++
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
	}))
	defer server.Close()
	target, _ := url.Parse(server.URL)
	call := func(reconnect, keeps bool) (int, int) {
		cookies, connections = 0, map[string]bool{}
		c := &caller{
			addresses: []string{target.Hostname()}, port: target.Port(), target: target, method: "GET", timeout: time.Second,
			reconnect: reconnect, cookies: keeps,
		}
		for _, o := range (&Runner{}).send(c, 3, 1) {
			if o.Status != 200 {
				t.Fatalf("%+v", o)
			}
		}
		return cookies, len(connections)
	}
	if kept, opened := call(false, true); kept != 2 || opened != 1 {
		t.Errorf("%d cookies, %d connections", kept, opened)
	}
	if kept, opened := call(true, false); kept != 0 || opened != 3 {
		t.Errorf("%d cookies, %d connections", kept, opened)
	}

	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	hits := echo.NewHits()
	go echo.Serve(l, echo.Options{Hits: hits})
	host, port, _ := net.SplitHostPort(l.Addr().String())
	began := time.Now()
	c := &caller{
		addresses: []string{host}, port: port, target: &url.URL{Scheme: "tcp", Host: host}, timeout: time.Second,
		lines: 3, every: 20 * time.Millisecond, headers: map[string]string{echo.HeaderDelay: "10ms"},
	}
	if o := c.call(); o.Echo == nil || len(hits.Of(o.ID)) != 3 || time.Since(began) < 70*time.Millisecond {
		t.Errorf("%+v: %d lines in %s", o, len(hits.Of(o.ID)), time.Since(began))
	}
}
