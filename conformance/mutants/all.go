package mutants

import (
	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

var (
	virtualService  = kind("istio.io", "VirtualService")
	destinationRule = kind("istio.io", "DestinationRule")
	service         = kind("", "Service")
)

func onMesh(o *manifests.Object) bool { return !atGateway(o) }

// All mutants, in the order of the table.
var All = []*Mutant{
	{
		Name: "weight", What: "5 points of reviews' mesh split moved from v1 to v3", Caught: "traffic",
		finds: both(both(virtualService, forService("reviews")), onMesh),
		change: func(o *manifests.Object) {
			splitRoute(o, func(_ map[string]any, d []any) {
				first, last := d[0].(map[string]any), d[len(d)-1].(map[string]any)
				first["weight"] = first["weight"].(int64) - 5
				last["weight"] = last["weight"].(int64) + 5
			})
		},
	},
	{
		Name: "subset-label", What: "subset v2 of reviews selects version v9", Caught: "traffic (503 UH)",
		finds: both(destinationRule, forService("reviews")),
		change: func(o *manifests.Object) {
			entry(o, 1, func(s map[string]any) { s["labels"] = map[string]any{"version": "v9"} }, "spec", "subsets")
		},
	},
	{
		Name: "port-protocol", What: "port name and appProtocol of reviews say tcp", Caught: "traffic",
		finds: both(service, forService("reviews")),
		change: func(o *manifests.Object) {
			entry(o, 0, func(p map[string]any) { p["name"], p["appProtocol"] = "tcp", "tcp" }, "spec", "ports")
		},
	},
	{
		Name: "gateway-selector", What: "the Gateway selects a workload that does not exist", Caught: "traffic",
		finds:  kind("istio.io", "Gateway"),
		change: func(o *manifests.Object) { set(o, map[string]any{"istio": "other-gateway"}, "spec", "selector") },
	},
	{
		Name: "gateway-host", What: "the Gateway's server has another host", Caught: "istioctl, traffic (404 NR)",
		finds: kind("istio.io", "Gateway"),
		change: func(o *manifests.Object) {
			entry(o, 0, func(s map[string]any) { s["hosts"] = []any{"bookinfo.example.org"} }, "spec", "servers")
		},
	},
	{
		Name: "gateway-protocol", What: "the Gateway's server takes TCP instead of HTTP", Caught: "traffic",
		finds: kind("istio.io", "Gateway"),
		change: func(o *manifests.Object) {
			entry(o, 0, func(s map[string]any) { s["port"].(map[string]any)["protocol"] = "TCP" }, "spec", "servers")
		},
	},
	{
		Name: "permissive", What: "PeerAuthentication PERMISSIVE instead of STRICT", Caught: "traffic: a caller without sidecar is accepted",
		finds:  kind("istio.io", "PeerAuthentication"),
		change: func(o *manifests.Object) { set(o, "PERMISSIVE", "spec", "mtls", "mode") },
	},
	{
		Name: "route-order", What: "ratings' rule for everyone else comes first", Caught: "istioctl, traffic",
		finds: both(virtualService, forService("ratings")),
		change: func(o *manifests.Object) {
			list(o, func(r []any) []any { return append([]any{r[len(r)-1]}, r[:len(r)-1]...) }, "spec", "http")
		},
	},
	{
		Name: "source-label", What: "ratings' first rule is for reviews v1 instead of v2", Caught: "traffic",
		finds: both(virtualService, forService("ratings")),
		change: func(o *manifests.Object) {
			entry(o, 0, func(r map[string]any) {
				r["match"].([]any)[0].(map[string]any)["sourceLabels"].(map[string]any)["version"] = "v1"
			}, "spec", "http")
		},
	},
	{
		Name: "service-selector", What: "Service details selects no pod", Caught: "traffic (503 UH)",
		finds:  both(service, forService("details")),
		change: func(o *manifests.Object) { set(o, map[string]any{"app": "detail"}, "spec", "selector") },
	},
	{
		Name: "target-port", What: "Service details leads to port 9081", Caught: "traffic (503 UF)",
		finds: both(service, forService("details")),
		change: func(o *manifests.Object) {
			entry(o, 0, func(p map[string]any) { p["targetPort"] = int64(9081) }, "spec", "ports")
		},
	},
	{
		Name: "no-destination-rule", What: "ratings' DestinationRule is missing", Caught: "istioctl, traffic (503 NC)",
		finds: both(destinationRule, forService("ratings")), remove: true,
	},
	{
		Name: "plain-text", What: "ratings' DestinationRule disables TLS", Caught: "traffic (503 UC)",
		finds:  both(destinationRule, forService("ratings")),
		change: func(o *manifests.Object) { set(o, "DISABLE", "spec", "trafficPolicy", "tls", "mode") },
	},
	{
		Name: "export-to", What: "the gateway's VirtualService is exported to its own namespace only", Caught: "traffic (404 NR)",
		finds:  both(virtualService, atGateway),
		change: func(o *manifests.Object) { set(o, []any{"."}, "spec", "exportTo") },
	},
	{
		Name: "edge-split", What: "the gateway routes reviews without its split", Caught: "traffic",
		finds: both(virtualService, atGateway),
		change: func(o *manifests.Object) {
			splitRoute(o, func(route map[string]any, d []any) {
				destination := d[0].(map[string]any)["destination"].(map[string]any)
				delete(destination, "subset")
				route["route"] = []any{map[string]any{"destination": destination}}
			})
		},
	},
	{
		Name: "version-label", What: "the pods of reviews v3 say version v2", Caught: "traffic (503 UH)",
		finds: pod("reviews", "v3"),
		change: func(o *manifests.Object) {
			set(o, "v2", "spec", "template", "metadata", "labels", "version")
			set(o, "v2", "spec", "selector", "matchLabels", "version")
		},
	},
	{
		Name: "no-injection", What: "the namespace has injection disabled", Caught: "traffic",
		finds:  kind("", "Namespace"),
		change: func(o *manifests.Object) { o.SetLabels(map[string]string{"istio-injection": "disabled"}) },
	},
	{
		Name: "unknown-field", What: "a VirtualService has a field that does not exist", Caught: "API server, istioctl, traffic",
		finds: both(virtualService, forService("reviews")),
		change: func(o *manifests.Object) {
			entry(o, 0, func(r map[string]any) { r["retry"] = map[string]any{"attempts": int64(3)} }, "spec", "http")
		},
	},
	{
		Name: "cel-rule", What: "a PeerAuthentication has port levels and no selector", Caught: "API server (CEL), istioctl, traffic",
		finds: kind("istio.io", "PeerAuthentication"),
		change: func(o *manifests.Object) {
			set(o, map[string]any{"9080": map[string]any{"mode": "STRICT"}}, "spec", "portLevelMtls")
		},
	},
	{
		Name: "selector-and-labels", What: "a Deployment's selector does not fit its pods", Caught: "API server, traffic",
		finds:  pod("details", "v1"),
		change: func(o *manifests.Object) { set(o, "v2", "spec", "selector", "matchLabels", "version") },
	},
}
