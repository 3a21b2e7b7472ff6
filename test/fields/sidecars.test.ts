import { chart } from '../helpers/build';
import { field } from '../helpers/field';
import { valid } from '../helpers/valid';
import { aShop, restricted } from '../security/shop';
import { MeshNamespace, OutboundTrafficPolicy } from 'cdk8s-istio';

/** A shop under least privilege, whose web calls its checkout. */
const limited = () => {
  const made = aShop();
  made.web.calls(made.checkout);
  restricted(made.chart);
  return valid(made.chart);
};
field('Sidecar.workloadSelector.labels.*', 'LeastPrivilege.constructor', 'web', limited);
field('Sidecar.egress[].hosts[]', 'MeshService.calls', 'shop/checkout.shop.svc.cluster.local', limited);
field('Sidecar.outboundTrafficPolicy.mode', 'LeastPrivilege.constructor', 'REGISTRY_ONLY', limited);
field('Sidecar.outboundTrafficPolicy.mode', 'MeshNamespaceProps.outboundTrafficPolicy', 'ALLOW_ANY', () => {
  const root = chart();
  new MeshNamespace(root, 'shop', { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
  return valid(root);
});
