package dataplane

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cdk8s-istio/cdk8s-istio/conformance"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

type object = map[string]any

// bootstrap is the bootstrap of Istio's agent, without tracing, metrics and filters that only Istio's build has.
func bootstrap(pod *cluster.Pod, discovery string) object {
	kind := "sidecar"
	if pod.Role == cluster.Router {
		kind = "router"
	}
	return object{
		"node": object{
			"id":       fmt.Sprintf("%s~%s~%s.%s~%s.svc.cluster.local", kind, pod.Address, pod.Name, pod.Namespace, pod.Namespace),
			"cluster":  pod.Workload + "." + pod.Namespace,
			"locality": locality(pod.Locality),
			"metadata": metadata(pod),
		},
		"layered_runtime": object{"layers": []object{
			{"name": "global config", "static_layer": object{
				"re2.max_program_size.error_level":                               "32768",
				"envoy.reloadable_features.http_reject_path_with_fragment":       false,
				"envoy.reloadable_features.fixed_heap_use_allocated":             true,
				"envoy.reloadable_features.coalesce_lb_rebuilds_on_batch_update": false,
			}},
			{"name": "admin", "admin_layer": object{}},
		}},
		"bootstrap_extensions": []object{{
			"name": "envoy.bootstrap.internal_listener",
			"typed_config": object{
				"@type": "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener", "buffer_size_kb": 64,
			},
		}},
		"admin": object{"address": address("127.0.0.1:" + adminPort)},
		"dynamic_resources": object{
			"lds_config": object{"ads": object{}, "initial_fetch_timeout": "0s", "resource_api_version": "V3"},
			"cds_config": object{"ads": object{}, "initial_fetch_timeout": "0s", "resource_api_version": "V3"},
			"ads_config": object{
				"api_type": "DELTA_GRPC", "set_node_on_first_message_only": true, "transport_api_version": "V3",
				"grpc_services": []object{{"envoy_grpc": object{"cluster_name": "xds-grpc"}}},
			},
		},
		"static_resources": object{"clusters": []object{
			grpcCluster("xds-grpc", discovery), grpcCluster("sds-grpc", secretAddress),
		}},
	}
}

func grpcCluster(name, at string) object {
	return object{
		"name": name, "type": "STATIC", "connect_timeout": "1s", "lb_policy": "ROUND_ROBIN",
		"typed_extension_protocol_options": object{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": object{
			"@type":                "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
			"explicit_http_config": object{"http2_protocol_options": object{}},
		}},
		"load_assignment": object{"cluster_name": name, "endpoints": []object{{"lb_endpoints": []object{{"endpoint": object{"address": address(at)}}}}}},
	}
}

func address(at string) object {
	host, port, _ := strings.Cut(at, ":")
	var n int
	_, _ = fmt.Sscan(port, &n)
	return object{"socket_address": object{"address": host, "port_value": n}}
}

func locality(text string) object {
	out := object{}
	parts := strings.Split(text, "/")
	for i, key := range []string{"region", "zone", "sub_zone"} {
		if i < len(parts) && parts[i] != "" {
			out[key] = parts[i]
		}
	}
	return out
}

func metadata(pod *cluster.Pod) object {
	ports := []object{}
	for _, p := range pod.Ports {
		ports = append(ports, object{"name": p.Name, "containerPort": p.ContainerPort, "protocol": "TCP"})
	}
	// Istio reads this list from a string, as the agent writes it.
	podPorts, _ := json.Marshal(ports)
	m := object{
		"NAME": pod.Name, "NAMESPACE": pod.Namespace, "CLUSTER_ID": pod.Cluster, "MESH_ID": "cluster.local",
		"LABELS": pod.Labels, "ANNOTATIONS": pod.Annotations, "SERVICE_ACCOUNT": pod.ServiceAccount,
		"ISTIO_VERSION": conformance.IstioVersion, "WORKLOAD_NAME": pod.Workload, "INSTANCE_IPS": pod.Address,
		"NODE_NAME": pod.Node, "POD_PORTS": string(podPorts), "ENVOY_STATUS_PORT": 15021, "ENVOY_PROMETHEUS_PORT": 15090,
	}
	for key, value := range pod.Metadata {
		m[key] = value
	}
	if pod.Role == cluster.Sidecar {
		m["INTERCEPTION_MODE"] = "REDIRECT"
	}
	if pod.DNSCapture {
		m["DNS_CAPTURE"], m["DNS_AUTO_ALLOCATE"] = "true", "true"
	}
	return m
}
