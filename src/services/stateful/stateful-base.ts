import { HeadlessService } from './headless-service';
import { Callee } from '../calls/callee';
import { IMeshService, MeshServiceBase } from '../mesh-service-base';
import { PodHost } from './pod-host';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { MeshHost } from '../../hosts/mesh-host';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';
import { serviceName } from '../../values/names';
import { expandTemplate } from '../../values/pod-template';

/**
 * A service whose pods are called by name, whoever deploys it. As a service it is the one that clients dial without caring which pod
 * answers; its versions are its pods.
 */
export interface IStatefulMeshService extends IMeshService {
  /** The headless Service, by which every pod has a name. */
  readonly headless: IMeshService;
  /** The pods, by ordinal. */
  readonly pods: PodHost[];
  /** The lowest ordinal that an update reaches, where updates are partitioned. */
  readonly partition?: number;

  /**
   * The pod of this ordinal.
   *
   * @param ordinal the ordinal; one that no pod has is refused (IM1122)
   */
  pod(ordinal: number): PodHost;

  /**
   * One text for each pod: the list of servers as a configuration wants it.
   *
   * @param template the text, with `{pod}` for the name of the pod, `{ordinal}` for its ordinal, `{number}` for the ordinal and one,
   * `{host}` for its full host; any other placeholder is refused (IM0113)
   */
  podList(template: string): string[];
}

/** The pods of a StatefulSet. */
export interface Ordinals {
  /** The name of the StatefulSet. */
  readonly statefulSet: string;
  readonly first: number;
  readonly count: number;
}

/** The label that tells a pod of a StatefulSet from all others. */
const POD_NAME = 'statefulset.kubernetes.io/pod-name';

/** The controller adds a dash and ten characters, and makes a label of it; the longest ordinal is as long. */
const LONGEST_NAME = 63 - 11;

/** More pods than any cluster runs of one service: each has entries of its own, and a mistaken count would not end. */
export const MOST_PODS = 10_000;
/** Kubernetes keeps ordinals in 32 bits. */
export const LAST_ORDINAL = 2 ** 31 - 1;

/** The labels of each pod, by its name. */
export function podLabelsByName({ statefulSet, first, count }: Ordinals): { [pod: string]: Labels } {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => `${statefulSet}-${first + i}`).map(name => [name, { [POD_NAME]: name }]));
}

/** Refuses ordinals that no StatefulSet has, and names that its pods could not have. */
export function checkOrdinals({ statefulSet, first, count }: Ordinals, at: Located): void {
  if (!Number.isInteger(count) || count < 1 || count > MOST_PODS) {
    throw new MeshError('IM1108', at, { problem: 'replicas is no count of pods that are called by name', got: count, allowed: `a whole number from 1 to ${MOST_PODS}` });
  }
  if (!Number.isInteger(first) || first < 0 || first + count - 1 > LAST_ORDINAL) {
    throw new MeshError('IM1108', at, { problem: 'the first ordinal is none', got: first, allowed: `a whole number, at least 0; the last one at most ${LAST_ORDINAL}` });
  }
  serviceName(statefulSet, at);
  if (statefulSet.length > LONGEST_NAME) {
    throw new MeshError('IM1123', at, {
      problem: 'the name leaves no room for the digest that the controller adds to it, or for the ordinal of a pod',
      got: statefulSet,
      allowed: `at most ${LONGEST_NAME} characters`,
    });
  }
}

/** The ports on which pods call each other: those for peers, and those for clients on which a caller has an identity. */
export function peerPortsOf(ports: MeshPort[], peerPorts: MeshPort[]): MeshPort[] {
  return [...ports.filter(({ mutualTls }) => mutualTls !== MutualTls.DISABLE), ...peerPorts];
}

/**
 * What services with pods by name have in common, made here or elsewhere.
 *
 * @internal
 */
export abstract class StatefulServiceBase extends MeshServiceBase implements IStatefulMeshService {
  public abstract readonly serviceName: string;
  public abstract readonly namespace: string;
  public abstract readonly host: string;
  public abstract readonly podLabels: { [key: string]: string };
  public abstract readonly partition?: number;

  /** @internal */
  protected abstract readonly _meshHost: MeshHost;
  /** @internal */
  protected abstract readonly _headless: HeadlessService;
  /** @internal */
  protected abstract readonly _ordinals: Ordinals;

  public get headless(): IMeshService {
    return this._headless;
  }

  public get pods(): PodHost[] {
    const { statefulSet, first, count } = this._ordinals;
    return Array.from({ length: count }, (_, i) => PodHost._create(this._headless, statefulSet, first + i));
  }

  public pod(ordinal: number): PodHost {
    const { statefulSet, first, count } = this._ordinals;
    const found = this.pods.find(pod => pod.ordinal === ordinal);
    if (!found) {
      throw new MeshError('IM1122', this, { problem: `${statefulSet} has no pod ${String(ordinal)}`, got: ordinal, allowed: `${first} to ${first + count - 1}` });
    }
    return found;
  }

  /**
   * A caller of the service may dial its pods by name: the pods cannot tell by which name they are called.
   *
   * @internal
   */
  public _callee(version?: string): Callee {
    const { _attributes: attributes } = super._callee(version);
    return Callee._create({ ...attributes, hosts: [...new Set([...attributes.hosts, this._headless.host])] });
  }

  public podList(template: string): string[] {
    return this.pods.map(({ podName: pod, ordinal, host }) =>
      expandTemplate(template, { pod, ordinal: `${ordinal}`, number: `${ordinal + 1}`, host }, this));
  }
}
