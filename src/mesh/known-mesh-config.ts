import { Values } from './values';
import { ExportDefault, MeshAttributes } from '../kernel/mesh-attributes';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';

const OUTBOUND: { readonly [mode: string]: OutboundTrafficPolicy } = {
  ALLOW_ANY: OutboundTrafficPolicy.ALLOW_ANY, REGISTRY_ONLY: OutboundTrafficPolicy.REGISTRY_ONLY,
};

const EXPORTED: ExportDefault[] = ['defaultServiceExportTo', 'defaultVirtualServiceExportTo', 'defaultDestinationRuleExportTo'];

/** The fields of a mesh config that constructs read; undefined for a field that is not set. */
export function knownMeshOf(config: Values): MeshAttributes {
  const { outboundTrafficPolicy, enableAutoMtls, extensionProviders, defaultConfig } = config;
  const exported = EXPORTED.filter(field => config[field] !== undefined).map(field => [field, config[field]]);
  return {
    outboundTrafficPolicy: OUTBOUND[outboundTrafficPolicy?.mode],
    autoMtls: enableAutoMtls,
    authorizers: (extensionProviders as Values[] | undefined)
      ?.filter(provider => provider.envoyExtAuthzHttp ?? provider.envoyExtAuthzGrpc).map(({ name }) => name as string),
    exported: exported.length > 0 ? Object.fromEntries(exported) : undefined,
    knowsGatewayTopology: defaultConfig?.gatewayTopology === undefined ? undefined : true,
  };
}
