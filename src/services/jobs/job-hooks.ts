import { ApiObject, Chart } from 'cdk8s';
import { IServiceAccount } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { Labels } from '../../values/labels';

/** Annotations by which a tool applies an object before or after the others, and the moments at which the others are not there. */
interface Tool {
  readonly hook: string;
  readonly further: string[];
  readonly alone: string[];
}

/** Argo CD's moments of a sync, and Helm's of a release. Flux has no such moments: it applies an object by itself or with all others. */
const TOOLS: Tool[] = [
  {
    hook: 'argocd.argoproj.io/hook',
    further: ['argocd.argoproj.io/hook-delete-policy', 'argocd.argoproj.io/sync-wave'],
    alone: ['PreSync', 'SyncFail', 'PreDelete', 'PostDelete'],
  },
  {
    hook: 'helm.sh/hook',
    further: ['helm.sh/hook-delete-policy', 'helm.sh/hook-weight'],
    alone: ['pre-install', 'pre-upgrade', 'pre-rollback', 'post-delete'],
  },
];

const WAVE = 'argocd.argoproj.io/sync-wave';

/**
 * The annotations that everything has which a job needs to run: its hook, where the job runs when nothing else is there, and its wave, where that comes
 * before all others.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 * @see https://helm.sh/docs/topics/charts_hooks/
 */
export function companionAnnotations(job: Labels = {}): Labels {
  const copied = TOOLS.flatMap(({ hook, further, alone }) => {
    const moments = (job[hook] ?? '').split(',').map(moment => moment.trim());
    return moments.some(moment => alone.includes(moment)) ? [hook, ...further] : [];
  });
  const early = Number(job[WAVE]) < 0 && !(job[TOOLS[0].hook] ?? '').includes('PostSync') ? [WAVE] : [];
  const keys = [...new Set([...copied, ...early])].filter(key => job[key] !== undefined).sort();
  return Object.fromEntries(keys.map(key => [key, job[key]]));
}

/**
 * Refuses a ServiceAccount that somebody else makes in the chart of a job, and that is not there when the job runs. Asked when all have spoken.
 *
 * @throws IM1713
 */
export function checkCompanion(at: Construct, account: IServiceAccount, needed: Labels): void {
  const object = ApiObject.isApiObject((account as Partial<IConstruct>).node?.defaultChild) ? ApiObject.of(account) : undefined;
  if (!object || Chart.of(object) !== Chart.of(at)) {
    return;
  }
  const has = ((object.metadata.toJson() ?? {}) as { annotations?: Labels }).annotations ?? {};
  const missing = Object.entries(needed).find(([key, value]) => has[key] !== value);
  if (missing) {
    const [key, value] = missing;
    throw new MeshError('IM1713', at, {
      problem: `the job has the annotation ${key}, and its ServiceAccount ${object.node.path} has not: it would not be there when the job runs`,
      got: has[key],
      allowed: value,
      next: 'give the ServiceAccount the same annotations, or leave it out: the job makes one',
    });
  }
}
