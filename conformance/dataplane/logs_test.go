package dataplane

import (
	"testing"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

// A source port that an earlier call had, and whose line comes late, is not the later call's.
func TestConnectionsAreToldApartByTime(t *testing.T) {
	logs := NewLogs()
	now := time.UnixMicro(1_700_000_000_000_000)
	logs.Add(&Hop{From: "10.0.0.1:40000", Start: "1700000000.100000", UpstreamLocal: "10.0.0.1:50000", At: "web"})
	logs.Add(&Hop{From: "10.0.0.1:50000", Start: "1700000000.101000", At: "cart"})
	logs.Add(&Hop{From: "10.0.0.1:40000", Start: "1699999999.100000", UpstreamLocal: "10.0.0.1:50001", At: "earlier"})
	logs.Add(&Hop{From: "10.0.0.1:50000", Start: "1700000007.000000", At: "later"})
	var seen []string
	for _, h := range logs.OfConnection("10.0.0.1:40000", now.Add(99*time.Millisecond), now.Add(120*time.Millisecond)) {
		seen = append(seen, h.At)
	}
	if len(seen) != 2 || seen[0] != "web" || seen[1] != "cart" {
		t.Errorf("followed %v", seen)
	}
	if hops := logs.OfConnection("10.0.0.1:40000", now.Add(time.Second), now.Add(2*time.Second)); len(hops) != 0 {
		t.Errorf("found %v at a time when nothing began", hops)
	}
}

// A proxy has opened the second connection for another call, before this one began.
func TestProxiesSwapTheConnectionsOfTheirPool(t *testing.T) {
	logs := NewLogs()
	now := time.UnixMicro(1_700_000_000_000_000)
	logs.Add(&Hop{From: "10.0.0.1:40000", Start: "1700000000.100000", UpstreamLocal: "10.0.0.1:50000", At: "web"})
	logs.Add(&Hop{From: "10.0.0.1:50000", Start: "1700000000.040000", At: "cart"})
	if hops := logs.OfConnection("10.0.0.1:40000", now.Add(99*time.Millisecond), now.Add(120*time.Millisecond)); len(hops) != 2 {
		t.Errorf("followed %d hops", len(hops))
	}
}

// The caller of one connection has the port that its proxy has for another connection at the same time.
func TestCallersAndTheirProxiesMayHaveOnePort(t *testing.T) {
	logs := NewLogs()
	web, cart := &cluster.Pod{Name: "web", Address: "10.0.0.1"}, &cluster.Pod{Name: "cart", Address: "10.0.0.2"}
	logs.Add(&Hop{Pod: web, Way: "out", From: "10.0.0.1:40000", UpstreamLocal: "10.0.0.1:50000"})
	logs.Add(&Hop{Pod: web, Way: "out", From: "10.0.0.1:50000", UpstreamLocal: "10.0.0.1:40000"})
	logs.Add(&Hop{Pod: cart, Way: "in", From: "10.0.0.1:50000", UpstreamLocal: "127.0.0.6:1"})
	logs.Add(&Hop{Pod: cart, Way: "in", From: "10.0.0.1:40000", UpstreamLocal: "127.0.0.6:2"})
	for local, last := range map[string]string{"10.0.0.1:40000": "127.0.0.6:1", "10.0.0.1:50000": "127.0.0.6:2"} {
		hops := logs.OfConnection(local, time.Time{}, time.Now())
		if len(hops) != 2 || hops[0].From != local || hops[0].Way != "out" || hops[1].UpstreamLocal != last {
			t.Errorf("%s: %d hops", local, len(hops))
		}
	}
}
