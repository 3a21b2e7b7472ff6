import { isClosed, isGuardedBare } from './coverage';
import { Draft, Form, PortPlan, ServicePlan } from './plan';
import { Choices } from '../choices';

const NAMES = ['web', 'cart', 'orders', 'ledger', 'stock', 'search'];

/** Every form of a service, and ports of several protocols. Described ones stand where no LeastPrivilege covers the namespace. */
export function drawServices(choices: Choices, draft: Draft): ServicePlan[] {
  return NAMES.slice(0, choices.int(3, NAMES.length)).map((id, i): ServicePlan => {
    // The first three are about one namespace, in one chart or two.
    const scope = choices.pick(draft.namespaces.filter(({ id: at, name }) => (i === 0 ? at === 'shop' : i > 2 || name === 'shop') && !isGuardedBare(draft, at)));
    const forms: Form[] = ['made', 'made', 'made', 'wrapped', 'stateful', 'wrappedStateful'];
    if (scope.bare) forms.splice(0, forms.length, 'made', 'made', 'stateful');
    if (!scope.made && !isClosed(draft, scope.name, true)) forms.push('described', 'described', 'describedStateful', 'describedStateful');
    const form = i === 0 ? 'made' : choices.pick(forms);
    const stateful = ['stateful', 'wrappedStateful', 'describedStateful'].includes(form);
    const described = ['described', 'describedStateful'].includes(form);
    const versions = stateful ? [] : choices.pick([['v1'], ['v1', 'v2']]);
    return {
      id,
      scope: scope.id,
      form,
      versions,
      ports: drawPorts(choices, stateful),
      peerPorts: stateful && choices.chance(40) ? [{ protocol: 'tcp', port: 7800, suffix: 'peer' }] : undefined,
      accountPerVersion: form === 'made' && versions.length > 1 && choices.chance(40) ? true : undefined,
      mutualTls: !described && !scope.bare && choices.chance(15) ? choices.pick(['STRICT', 'PERMISSIVE']) : undefined,
      replicas: stateful ? 2 : undefined,
      labelKey: described && choices.chance(30) ? 'run' : undefined,
    };
  });
}

const SETS: readonly (readonly PortPlan[])[] = [
  [{ protocol: 'http', port: 8080 }],
  [{ protocol: 'http', port: 8080 }],
  [{ protocol: 'http', port: 80, targetPort: 8080 }],
  [{ protocol: 'grpc', port: 9000 }],
  [{ protocol: 'tcp', port: 7000 }],
  [{ protocol: 'http', port: 8080 }, { protocol: 'tcp', port: 7000 }],
  [{ protocol: 'http', port: 80, targetPort: 8080 }, { protocol: 'grpc', port: 9000 }],
  [{ protocol: 'http', port: 8080 }, { protocol: 'http', port: 8081, suffix: 'admin' }],
  [{ protocol: 'http2', port: 8080 }, { protocol: 'redis', port: 6379 }],
  [{ protocol: 'grpc', port: 9000 }, { protocol: 'mongo', port: 27017 }, { protocol: 'http', port: 8080 }],
];

/** A headless Service does not translate ports. */
function drawPorts(choices: Choices, stateful: boolean): readonly PortPlan[] {
  return choices.pick(stateful ? SETS.filter(ports => ports.every(({ targetPort }) => targetPort === undefined)) : SETS);
}
