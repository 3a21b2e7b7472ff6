package controlplane

import (
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	sfsvalue "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/common/set_filter_state/v3"
	sfs "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/set_filter_state/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"istio.io/istio/pilot/pkg/util/protoconv"
	"istio.io/istio/pilot/pkg/xds/filters"
	"istio.io/istio/pkg/security"
)

// Istio's proxy has a filter of its own, istio.alpn, that offers `istio-http/1.1` or `istio-h2` on the TLS connection to the
// next sidecar, so that the sidecar distinguishes HTTP from TCP on ports without a declared protocol. Stock Envoy lacks it;
// its set_filter_state does the same. Like the real filter, it does not apply to clusters that istiod marked with
// `alpn_override: false`: a DestinationRule originates TLS to an external host there. It offers neither `h2` nor `http/1.1`: the server accepts none of these protocols and uses
// the first bytes, which works for both. The real filter offers the protocol of the request.
func init() {
	filters.Alpn = &hcm.HttpFilter{
		Name: "conformance.alpn",
		ConfigType: &hcm.HttpFilter_TypedConfig{TypedConfig: protoconv.MessageToAny(&sfs.Config{
			OnRequestHeaders: []*sfsvalue.FilterStateValue{{
				Key: &sfsvalue.FilterStateValue_ObjectKey{ObjectKey: "envoy.network.application_protocols"},
				Value: &sfsvalue.FilterStateValue_FormatString{FormatString: &core.SubstitutionFormatString{
					Format: &core.SubstitutionFormatString_TextFormatSource{TextFormatSource: &core.DataSource{
						Specifier: &core.DataSource_InlineString{InlineString: alpnFormat},
					}},
				}},
				SkipIfEmpty:        true,
				SharedWithUpstream: sfsvalue.FilterStateValue_ONCE,
			}},
		})},
	}
	// Proxies reach istiod without TLS inside the namespaces of the run. Their address identifies them.
	security.AuthPlaintext = true
}

const alpnFormat = `%CEL('istio' in xds.cluster_metadata.filter_metadata && 'alpn_override' in xds.cluster_metadata.filter_metadata['istio'] ? '' : 'istio-http/1.1,istio-h2,istio')%`
