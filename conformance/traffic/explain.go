package traffic

import (
	"fmt"
	"sort"
	"strings"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
)

// flags are Envoy's response flags in words.
var flags = map[string]string{
	"NR": "no route matches", "NC": "no such cluster", "UH": "no healthy endpoint", "UF": "could not connect upstream",
	"UC": "upstream closed the connection", "UT": "upstream timeout", "URX": "retries spent", "UO": "circuit breaker open",
	"FI": "fault injected", "DI": "delay injected", "DC": "caller went away", "UAEX": "denied by external authorization",
	"UPE": "upstream spoke another protocol", "UMSDR": "upstream deadline", "RL": "rate limited", "LR": "reset locally", "UR": "reset by upstream",
	"DPE": "caller spoke another protocol", "SI": "stream idle timeout", "DT": "duration exceeded",
}

// hops orders a request's hops from the caller on.
func hops(plane *dataplane.Plane, o *Observation) []*dataplane.Hop {
	all := plane.Logs.Of(o.ID)
	if len(all) == 0 && o.Local != "" {
		all = plane.Logs.OfConnection(o.Local, o.Dialled, o.Began.Add(o.Took))
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	return all
}

// explain describes in one line the hop that stopped a request, and the reason.
func explain(plane *dataplane.Plane, o *Observation) string {
	chain := hops(plane, o)
	if len(chain) == 0 {
		if o.Error != "" {
			return "no proxy saw it: " + o.Error
		}
		return "no proxy saw it"
	}
	// The last hop with an error is the one that stopped the request.
	stop := chain[len(chain)-1]
	for i := len(chain) - 1; i >= 0; i-- {
		if chain[i].Flags != "" {
			stop = chain[i]
			break
		}
	}
	text := fmt.Sprintf("stopped at %s (%s)", stop.At, direction(stop.Way))
	if o.Error == "" && o.Status < 400 && stop.Flags == "" {
		text = fmt.Sprintf("answered through %s (%s)", stop.At, direction(stop.Way))
	}
	if stop.Status != "" && stop.Status != "0" {
		text += ": " + stop.Status
	}
	if stop.Flags != "" {
		text += " " + stop.Flags
		for _, f := range strings.Split(stop.Flags, ",") {
			if words := flags[f]; words != "" {
				text += " (" + words + ")"
			}
		}
	}
	for _, extra := range []struct{ name, value string }{
		{"route", stop.Route}, {"cluster", stop.Cluster}, {"upstream", stop.Upstream}, {"reason", stop.Details}, {"closed", stop.Closed}, {"transport", stop.Transport},
	} {
		if extra.value != "" && extra.value != "via_upstream" {
			text += fmt.Sprintf(", %s %s", extra.name, extra.value)
		}
	}
	if stop.Cluster == "" && strings.Contains(stop.Flags, "NR") {
		text += fmt.Sprintf(", no route for %s %s", stop.Authority, stop.Path)
	}
	return text
}

func direction(way string) string {
	switch way {
	case "in":
		return "inbound"
	case "out":
		return "outbound"
	}
	return "gateway"
}
