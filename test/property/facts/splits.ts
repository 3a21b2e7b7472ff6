import { type IStatefulMeshService, MeshService } from '../../../src';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { allOf, canCall, hasHttp, splitPods, splitPorts, versionsOf } from '../relations';
import { World } from '../world';

const aVersion = (w: World) => w.choices.pick(versionsOf(w));

/** What is left of 100 over the versions, and who takes it. */
function rest(w: World): unknown {
  const { weights } = w.given('SplitTarget.weights') as { weights: { [version: string]: number } };
  const sum = Object.values(weights).reduce((a, b) => a + b, 0);
  return sum === 100 ? ABSENT : w.choices.pick(versionsOf(w).filter(version => !(version in weights)));
}

/** Whether the service's own partition divides its pods. */
function reaches(w: World): boolean {
  const { partition } = w.given('CanarySplitProps')!.service as IStatefulMeshService;
  return splitPods(w).slice(1).includes(partition ?? -1);
}

/** Splits: shares of 100 over versions that the service has, and the calls that rules are for. */
export const splits: Knowledge = {
  facts: {
    'CanarySplitProps.ports': w => w.choices.some(splitPorts(w).map(({ port }) => port)),
    'CanarySplitProps.rules': w => {
      const { service } = w.given('CanarySplitProps')!;
      const some = !w.isTaken('shared', service) && (hasHttp(splitPorts(w)) || w.neighbours.some(({ value }) => canCall(w, value)));
      return some ? undefined : ABSENT;
    },
    'SplitTarget.version.name': aVersion,
    'SplitCondition.to.version': aVersion,
    'CallMatch.fromVersion.version': aVersion,
    'SplitTarget.weights.weights': w => {
      const versions = w.choices.some(versionsOf(w), often(w) ? Math.max(1, versionsOf(w).length - 1) : undefined); // most leave one out
      // With a share left over, the options name the version that takes it; without a version left over, none can.
      const total = versions.length < versionsOf(w).length && w.choices.chance(90) ? w.choices.int(0, 99) : 100;
      const first = versions.length === 1 ? total : w.choices.int(0, total);
      return Object.fromEntries(versions.map((version, i) => [version, i === 0 ? first : i === 1 ? total - first : 0]));
    },
    'WeightsOptions.rest': rest,
    'SplitTarget.partition.pods': w => w.given('CanarySplitProps')!.service,
    'PartitionOptions.from': w => w.choices.pick(splitPods(w).slice(1)),
    'PartitionOptions.weight': w => w.choices.int(0, 100),
    'RefuseOptions.status': w => w.choices.pick([200, 403, 429, 599]),
    'CallMatch.header.name': w => w.mostlyFresh(w.here('headers'), ['x-user', 'x-canary']),
  },
  forced: {
    'SplitTarget.partition.options': w => !reaches(w),
    'PartitionOptions.from': w => !reaches(w),
    ...each(['PartitionOptions.weight', 'SplitTarget.refuse.options', 'RefuseOptions.body', 'RefuseOptions.status'], often),
    'CanarySplitProps.ports': w => {
      const { service } = w.given('CanarySplitProps') as { service: MeshService };
      return service.ports.some(port => !splitPorts(w).includes(port));
    },
    'SplitTarget.weights.options': w => rest(w) !== ABSENT,
    'WeightsOptions.rest': () => true,
  },
  guards: {
    'SplitTarget.partition': w => splitPods(w).length > 1,
    ...each(['SplitTarget.version', 'SplitTarget.weights'], (w: World) => splitPods(w).length <= 1 || !often(w)),
    // An answer needs HTTP; and a split that only refuses is nothing for a gateway.
    'SplitTarget.refuse': w => hasHttp(splitPorts(w)) && !w.isTaken('routed', w.given('CanarySplitProps')?.service),
    'CallMatch.header': w => hasHttp(splitPorts(w)),
    // A call has one caller, and a service without a sidecar decides nothing.
    'CallMatch.allOf': w => w.given('CallMatch.allOf') === undefined,
    'CallMatch.from': w => !w.isTaken(allOf(w), 'caller') && w.neighbours.some(({ value }) => canCall(w, value)),
    'CallMatch.fromVersion': w => !w.isTaken(allOf(w), 'caller') && w.neighbours.some(({ value }) => canCall(w, value, true)),
  },
  notes: {
    'CanarySplitProps.service': (w, service) => w.take('split', service),
    'CanarySplitProps.rules': w => w.take('ruled', w.given('CanarySplitProps')!.service),
    'SplitTarget.refuse': w => w.take('refusing', w.given('CanarySplitProps')?.service),
    'CallMatch.*.caller': (w, caller) => {
      w.take(w.here('callers'), caller);
      w.take(allOf(w), 'caller');
    },
  },
};
