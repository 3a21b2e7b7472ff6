package dataplane

import (
	"testing"
	"time"
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
