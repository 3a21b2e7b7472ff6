import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { Labels } from '../../values/labels';

/** Annotations by which a tool applies an object before or after the others, and the moments at which the others are not there. */
interface Tool {
  readonly hook: string;
  readonly further: string[];
  readonly alone: string[];
  /** Those of them at which the others have never been there, or are gone. */
  readonly never: string[];
}

/** Argo CD's moments of a sync, and Helm's of a release. Flux has no such moments: it applies an object by itself or with all others. */
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

/** Smaller numbers first; none is 0. */
const ORDERED = [WAVE, 'helm.sh/hook-weight'];

/**
 * The annotations that everything has which a job needs to run: its hook, where the job runs when nothing else is there, and its wave, where that comes
 * before all others.
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
 * Refuses what a job needs, where an object of its chart is it and is not there when the job runs: its ServiceAccount, and the ConfigMaps, Secrets and
 * claims of its pods. A hook of the same moment that comes earlier is there. Complete at synthesis.
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
        problem: `the job has the annotation ${key}, and its ${object.kind} ${object.node.path} has not: it would not be there when the job runs`,
        got: has[key],
        allowed: value,
        next: `give the ${object.kind} the same annotations, or ${isAccount ? 'leave it out: the job makes one' : 'let the job run among the others'}`,
      });
    }
  }
}

/** Whether an object with the value of an annotation is there when a job with the other runs. When it is deleted does not matter: a hook is made again. */
function isThere(key: string, value: string, other = ''): boolean {
  if (ORDERED.includes(key)) {
    return Number(other) <= Number(value);
  }
  const tool = TOOLS.find(({ hook }) => hook === key);
  return !tool || momentsOf(value).every(moment => !tool.alone.includes(moment) || momentsOf(other).includes(moment));
}
