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
// next sidecar, so that this one knows HTTP from TCP on ports without a declared protocol. Stock Envoy lacks it; its
// set_filter_state can say the same. Like the real filter it keeps away from clusters that istiod marked with
// `alpn_override: false`: there a DestinationRule begins TLS towards someone outside the mesh. Neither `h2` nor `http/1.1` is offered: the far side agrees to none of ours and goes by
// the first bytes, which is right for both, while the real filter knows which of them is spoken.
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
	// Proxies reach istiod without TLS inside the run's own namespaces, and are known by their address.
	security.AuthPlaintext = true
}

const alpnFormat = `%CEL('istio' in xds.cluster_metadata.filter_metadata && 'alpn_override' in xds.cluster_metadata.filter_metadata['istio'] ? '' : 'istio-http/1.1,istio-h2,istio')%`
