import { ContainerProps, RestartPolicy } from 'cdk8s-plus-28';
import { container } from './builders';
import { hasSidecars } from './homes';
import { runs, runsOn } from './releases';
import { Given, World } from './world';
import {
  IstioRelease, JobCompletionMode, JobSidecar, KubernetesRelease, LeastPrivilege, MeshCronJob, MeshJob, MeshSettings, MeshSettingsProps,
  NoSidecarOptions,
} from '../../src';

// What jobs are made from, resolved from their properties so far.

const JOB = /^Mesh(Cron)?JobProps$/;

/** The properties so far of the job that is being made, if one is. */
export const job = (w: World): Given | undefined => w.given(JOB);

/** Whether the pods in progress are those of a job. */
export const isOfJob = (w: World) => JOB.test(w.frames[w.frames.length - 1].owner);

/** Whether a request to quit ends the proxy of the job. */
export const quits = (w: World) => /^JobSidecar\.quit/.test(w.originOf(job(w)?.sidecar) ?? '');

/** Whether pods can have native sidecars, and whether each can ask for its own. */
export function natives(w: World): { possible: boolean; asked: boolean } {
  const settings = w.neighbours.find(({ value }) => value instanceof MeshSettings)?.given as MeshSettingsProps | undefined;
  const asked = runsOn(w, KubernetesRelease.V1_29) && runs(w, IstioRelease.V1_24);
  return { possible: asked || settings?.proxy?.nativeSidecars === true, asked };
}

/** Whether the job that is being made has indexes. */
export const isIndexed = (w: World) => job(w)!.completionMode === JobCompletionMode.INDEXED;

/** The indexes of the job that is being made. */
export const indexes = (w: World) => Array.from({ length: job(w)!.completions as number }, (_, index) => index);

/** Whether a job with this sidecar may call services that require mutual TLS. */
function mayCall(w: World, sidecar: unknown, scope: unknown): boolean {
  if (sidecar === undefined) return hasSidecars(scope) && natives(w).asked;
  const [options] = w.origins.get(sidecar as JobSidecar)?.args as [NoSidecarOptions?];
  // Where calls are restricted, a caller without a sidecar has no identity.
  const isGuarded = w.neighbours.some(({ value }) => value instanceof LeastPrivilege);
  return w.originOf(sidecar) !== 'JobSidecar.none' || (options?.despiteMutualTls !== undefined && !isGuarded);
}

/** Whether the job that is being made may call any service. */
export const isCaller = (w: World) => mayCall(w, job(w)!.sidecar, w.making!.given.scope);

/** Whether a job will do where one is being looked for. */
export function suitsJob(w: World, value: MeshJob | MeshCronJob): boolean {
  const calling = w.frames.some(({ owner, given }) => /Job\.calls$/.test(owner) && given.this === undefined);
  const { sidecar, scope } = w.pool.find(made => made.value === value)!.given;
  return !calling || mayCall(w, sidecar, scope);
}

/** Whether the caller has a sidecar, if it is a job: without one it could not use an egress route. */
export function jobLeaves(w: World): boolean {
  const [caller] = w.frames.filter(({ owner }) => /Job\.calls$/.test(owner)).map(({ given }) => given.this);
  const said = caller === undefined ? job(w) : w.pool.find(({ value }) => value === caller)!.given;
  return w.originOf(said?.sidecar) !== 'JobSidecar.none';
}

/** The containers of a job: one with a command where the proxy quits with it. */
export function jobContainers(w: World): ContainerProps[] {
  const first = { ...container(w, w.choices.chance(75) ? 'app' : undefined), command: ['/app/run'] };
  const alone = w.originOf(job(w)!.sidecar) === 'JobSidecar.quit';
  return alone || w.choices.chance(75) ? [first] : [first, container(w, 'helper')];
}

/** A container of the job, by the name that it has or gets. */
export const containerName = (w: World) => w.choices.pick((job(w)!.containers as ContainerProps[]).map(({ name = 'main' }) => name));

/** What happens to containers that fail: those of a proxy that quits are not started again. */
export const restart = (w: World) => (quits(w) || w.choices.chance(60) ? RestartPolicy.NEVER : RestartPolicy.ON_FAILURE);
