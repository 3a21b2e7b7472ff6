import { Values } from './values';
import { ExportDefault, MeshFacts } from '../kernel/mesh-facts';
import { OutboundTraffic } from '../values/outbound-traffic';

const OUTBOUND: { readonly [mode: string]: OutboundTraffic } = { ALLOW_ANY: OutboundTraffic.ANY, REGISTRY_ONLY: OutboundTraffic.DECLARED_ONLY };

const EXPORTED: ExportDefault[] = ['defaultServiceExportTo', 'defaultVirtualServiceExportTo', 'defaultDestinationRuleExportTo'];

/** What the fields of a configuration of the mesh say, as far as constructs have to know it; undefined where they say nothing. */
export function factsOfConfig(config: Values): MeshFacts {
  const { outboundTrafficPolicy, enableAutoMtls, extensionProviders, defaultConfig } = config;
  const exported = EXPORTED.filter(field => config[field] !== undefined).map(field => [field, config[field]]);
  return {
    outbound: OUTBOUND[outboundTrafficPolicy?.mode],
    autoMtls: enableAutoMtls,
    authorizers: (extensionProviders as Values[] | undefined)
      ?.filter(provider => provider.envoyExtAuthzHttp ?? provider.envoyExtAuthzGrpc).map(({ name }) => name as string),
    exported: exported.length > 0 ? Object.fromEntries(exported) : undefined,
    knowsGatewayTopology: defaultConfig?.gatewayTopology === undefined ? undefined : true,
  };
}
