package traffic

import (
	"strings"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

var (
	web     = &cluster.Pod{Namespace: "shop", Name: "web-1", Workload: "web", ServiceAccount: "web", Role: cluster.Sidecar}
	cart    = &cluster.Pod{Namespace: "shop", Name: "cart-1", Workload: "cart", ServiceAccount: "cart", Role: cluster.Sidecar}
	gateway = &cluster.Pod{Namespace: "istio-system", Name: "gw", Workload: "gw", ServiceAccount: "gw", Role: cluster.Router}
)

func ref(text string) scenario.Ref {
	ns, name, _ := strings.Cut(text, "/")
	return scenario.Ref{Namespace: ns, Name: name}
}

// answered is a correct call from web to cart: each proxy has the identity of the other.
func answered(plane *dataplane.Plane) *Observation {
	plane.Logs.Add(&dataplane.Hop{Pod: web, At: web.Ref(), Way: "out", ID: "1", Start: "1", Status: "200", UpstreamPeer: cart.Identity()})
	plane.Logs.Add(&dataplane.Hop{Pod: cart, At: cart.Ref(), Way: "in", ID: "1", Start: "2", Status: "200", TLS: "TLSv1.3", Peer: web.Identity()})
	return &Observation{ID: "1", Status: 200, Echo: &echo.Report{Who: echo.Who{Namespace: "shop", Pod: "cart-1", Workload: "cart"}, Path: "/a"}}
}

func TestJudgement(t *testing.T) {
	yes := true
	for name, c := range map[string]struct {
		expect scenario.Expect
		change func(*dataplane.Plane, *Observation)
		want   string
	}{
		"all right":    {scenario.Expect{Status: scenario.Statuses{200}, To: ref("shop/cart"), MTLS: &yes, Caller: ref("shop/web")}, nil, ""},
		"status":       {scenario.Expect{Status: scenario.Statuses{201, 204}}, nil, "status 200, not 201|204"},
		"another":      {scenario.Expect{To: ref("shop/basket")}, nil, "answered by shop/cart-1, not shop/basket"},
		"caller":       {scenario.Expect{Caller: ref("shop/thief")}, nil, `the caller's identity is "spiffe://cluster.local/ns/shop/sa/web"`},
		"not refused":  {scenario.Expect{Refused: scenario.Refused{Yes: true}}, nil, "expected no answer, got 200 from shop/cart-1"},
		"not denied":   {scenario.Expect{Denied: true}, nil, "expected no delivery, got 200 from shop/cart-1"},
		"denied":       {scenario.Expect{Denied: true}, func(_ *dataplane.Plane, o *Observation) { o.ID, o.Status, o.Echo = "4", 403, nil }, ""},
		"no gateway":   {scenario.Expect{Via: scenario.Refs{ref("istio-system/gw")}}, nil, "did not pass istio-system/gw"},
		"arrives":      {scenario.Expect{Arrives: &scenario.Arrives{Path: "/b"}}, nil, `path arrived as "/a", not "/b"`},
		"attempts":     {scenario.Expect{Attempts: 2}, nil, "the backend was hit 0 times, not 2"},
		"one has all":  {scenario.Expect{Split: map[scenario.Ref]float64{ref("shop/cart"): 100}}, nil, ""},
		"has no share": {scenario.Expect{Split: map[scenario.Ref]float64{ref("shop/basket"): 100}}, nil, "answered by shop/cart-1, which has no share"},
		"through a gateway": {scenario.Expect{Via: scenario.Refs{ref("istio-system/gw")}}, func(p *dataplane.Plane, _ *Observation) {
			p.Logs.Add(&dataplane.Hop{Pod: gateway, At: gateway.Ref(), Way: "through", ID: "1", Start: "0"})
		}, ""},
		"plain text": {scenario.Expect{MTLS: &yes}, func(p *dataplane.Plane, o *Observation) {
			o.ID = "2"
			p.Logs.Add(&dataplane.Hop{Pod: cart, At: cart.Ref(), Way: "in", ID: "2", Status: "200"})
		}, "shop/cart-1 was reached without mutual TLS"},
		"impostor": {scenario.Expect{MTLS: &yes}, func(p *dataplane.Plane, o *Observation) {
			o.ID = "3"
			p.Logs.Add(&dataplane.Hop{Pod: web, At: web.Ref(), Way: "out", ID: "3", Start: "1", UpstreamPeer: cluster.Identity("shop", "thief")})
			p.Logs.Add(&dataplane.Hop{Pod: cart, At: cart.Ref(), Way: "in", ID: "3", Start: "2", TLS: "TLSv1.3", Peer: web.Identity()})
		}, `shop/cart-1 showed "spiffe://cluster.local/ns/shop/sa/thief"`},
		"a copy for another": {scenario.Expect{MTLS: &yes, Caller: ref("shop/web")}, func(p *dataplane.Plane, _ *Observation) {
			p.Logs.Add(&dataplane.Hop{Pod: gateway, At: "shop/copy-1", Way: "in", ID: "1", Start: "3", TLS: "TLSv1.3", Peer: cluster.Identity("shop", "thief")})
		}, ""},
		"stopped at a hop": {scenario.Expect{Status: scenario.Statuses{200}}, func(p *dataplane.Plane, o *Observation) {
			o.ID, o.Status, o.Echo = "4", 503, nil
			p.Logs.Add(&dataplane.Hop{Pod: web, At: web.Ref(), Way: "out", ID: "4", Status: "503", Flags: "NC", Route: "r", Details: "cluster_not_found"})
		}, "status 503, not 200; stopped at shop/web-1 (outbound): 503 NC (no such cluster), route r, reason cluster_not_found"},
	} {
		plane := &dataplane.Plane{Logs: dataplane.NewLogs(), Hits: echo.NewHits()}
		o := answered(plane)
		if c.change != nil {
			c.change(plane, o)
		}
		r := &Runner{Plane: plane, Alpha: 1e-5}
		result := &Result{}
		r.judge(&scenario.Request{Expect: c.expect}, nil, []*Observation{o}, result)
		got := strings.Join(result.Failures, " | ")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
