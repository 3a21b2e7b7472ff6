import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { Labels } from '../../values/labels';

/** The hook annotation of a tool, and its phases without the other objects. */
interface Tool {
  readonly hook: string;
  readonly further: string[];
  readonly alone: string[];
  /** The phases at which the other objects do not exist yet, or no longer. */
  readonly never: string[];
}

/** Argo CD's phases of a sync, and Helm's of a release. Flux has no hooks. */
const TOOLS: Tool[] = [
  {
    hook: 'argocd.argoproj.io/hook',
    further: ['argocd.argoproj.io/hook-delete-policy', 'argocd.argoproj.io/sync-wave'],
    alone: ['PreSync', 'SyncFail', 'PreDelete', 'PostDelete'],
    never: ['PreSync', 'PostDelete'],
  },
  {
    hook: 'helm.sh/hook',
    further: ['helm.sh/hook-delete-policy', 'helm.sh/hook-weight'],
    alone: ['pre-install', 'pre-upgrade', 'pre-rollback', 'post-delete'],
    never: ['pre-install', 'post-delete'],
  },
];

const WAVE = 'argocd.argoproj.io/sync-wave';

/** The order annotations. Smaller numbers come first; the default is 0. */
const ORDERED = [WAVE, 'helm.sh/hook-weight'];

/**
 * The annotations that every object needed by a job must have: the job's hook, if the job runs before the other objects exist, and its wave, if that
 * comes first.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 * @see https://helm.sh/docs/topics/charts_hooks/
 */
export function companionAnnotations(job: Labels = {}, which: 'alone' | 'never' = 'alone'): Labels {
  const copied = TOOLS.filter(({ hook, [which]: moments }) => momentsOf(job[hook]).some(moment => moments.includes(moment)))
    .flatMap(({ hook, further }) => [hook, ...further]);
  const early = Number(job[WAVE]) < 0 && !(job[TOOLS[0].hook] ?? '').includes('PostSync') ? [WAVE] : [];
  const keys = [...new Set([...copied, ...early])].filter(key => job[key] !== undefined).sort();
  return Object.fromEntries(keys.map(key => [key, job[key]]));
}

function momentsOf(hook = ''): string[] {
  return hook.split(',').map(moment => moment.trim());
}

/**
 * Refuses objects of the chart that a job needs and that do not exist yet when it runs: its ServiceAccount, and the ConfigMaps, Secrets and
 * claims of its pods. An earlier hook of the same phase exists. Complete at synthesis.
 */
export function checkCompanions(at: Construct, objects: ApiObject[], job: Labels = {}): void {
  for (const object of objects.filter(each => Chart.of(each) === Chart.of(at))) {
    const isAccount = object.kind === 'ServiceAccount';
    const needed = companionAnnotations(job, isAccount ? 'alone' : 'never');
    const has = ((object.metadata.toJson() ?? {}) as { annotations?: Labels }).annotations ?? {};
    const missing = Object.entries(needed).find(([key, value]) => !isThere(key, value, has[key]));
    if (missing) {
      const [key, value] = missing;
      throw new MeshError('IM1713', at, {
        problem: `the job has the annotation ${key}, but its ${object.kind} ${object.node.path} does not, so it does not exist when the job runs`,
        got: has[key],
        allowed: value,
        next: `give the ${object.kind} the same annotations, or ${isAccount ? 'leave it out: the job creates one' : 'remove the annotation of the job'}`,
      });
    }
  }
}

/** Whether an object with one value of an annotation exists when a job with the other value runs. Deletion does not matter: a hook is created again. */
function isThere(key: string, value: string, other = ''): boolean {
  if (ORDERED.includes(key)) {
    return Number(other) <= Number(value);
  }
  const tool = TOOLS.find(({ hook }) => hook === key);
  return !tool || momentsOf(value).every(moment => !tool.alone.includes(moment) || momentsOf(other).includes(moment));
}
