import { draw } from './draw';
import { isStateful, Plan } from './plan';
import { programOf, run } from './program';
import { defectsOf, objectsOf, writtenBy, Written } from '../manifests';
import { refusalOf } from '../refusal';

/** What became of a composition. */
export interface CompositionVerdict {
  readonly plan: Plan;
  /** The codes of the refusal; none where the program was accepted. */
  readonly codes: string[];
  /** What must never be, in words, with the program. */
  readonly defects: string[];
}

/** Runs the program of a number, and judges what it writes without a mesh. */
export function judge(seed: number): CompositionVerdict {
  const plan = draw(seed);
  const told = (defects: string[]) => defects.map(defect => `${defect}\n\n${programOf(plan)}`);
  try {
    const app = run(plan);
    const written = writtenBy(app);
    const defects = defectsOf(app, written);
    if (bytes(writtenBy(run(plan))) !== bytes(written)) defects.push('the same program gives other bytes the second time');
    return { plan, codes: [], defects: told(defects) };
  } catch (error) {
    const { codes, defects } = refusalOf(error as Error);
    return { plan, codes, defects: told(defects) };
  }
}

const bytes = (written: Written) => JSON.stringify(objectsOf(written));

/** How many constructs of a program are about one namespace, and one gateway: the most of any. */
export function density(plan: Plan): { readonly namespace: number; readonly gateway: number } {
  const parts = [plan.services, plan.jobs, plan.splits, plan.policies, plan.gateways, plan.tokens, plan.exits, plan.aliases].flat();
  const names = plan.namespaces.map(({ name }) => name);
  const nameOf = ({ scope }: { readonly scope: string }) => plan.namespaces.find(({ id }) => id === scope)!.name;
  const most = (counts: number[]) => Math.max(0, ...counts);
  return {
    namespace: most(names.map(name => parts.filter(part => nameOf(part) === name).length)),
    gateway: most(plan.gateways.map(({ id }) => [...plan.routes, ...plan.tokens, ...plan.exits].filter(({ gateway }) => gateway === id).length)),
  };
}

/** What a composition has, of all that compositions are for. */
export function traits(plan: Plan): string[] {
  const charts = (name: string) => new Set(plan.namespaces.filter(scope => scope.name === name).map(({ chart }) => chart)).size;
  const has = (name: string, yes: boolean) => (yes ? [name] : []);
  return [
    ...plan.services.map(({ form }) => `a service that is ${form}`),
    ...has('two charts over one namespace', charts('shop') > 1),
    ...has('a headless side that is called', plan.calls.some(({ headless }) => headless)),
    ...has('a stateful service', plan.services.some(isStateful)),
    ...has('a job', plan.jobs.length > 0),
    ...has('a split', plan.splits.length > 0),
    ...has('a policy for resilience', plan.policies.length > 0),
    ...has('an alias', plan.aliases.length > 0),
    ...has('an egress route', plan.exits.length > 0),
    ...has('tokens at a gateway', plan.tokens.some(({ gateway }) => gateway !== undefined)),
    ...has('tokens at a service', plan.tokens.some(({ service }) => service !== undefined)),
    ...has('two gateways on the same pods', plan.gateways.some(({ pods }) => pods === 'edge')),
    ...has('routes of another namespace', plan.routes.some(({ scope }) => scope !== undefined)),
    ...has('least privilege', plan.privileges.some(({ audit }) => !audit)),
  ];
}
