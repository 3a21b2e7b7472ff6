import { ApiObjectMetadataDefinition } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { MetadataFacts } from './metadata-facts';
import { checkPodSettings, PodMetadata } from './pod-settings';
import { MeshError } from '../../diagnostics/mesh-error';
import { refusals } from '../../kernel/guarded';
import { knownNamespace } from '../../kernel/known-namespace';
import { namespaceOf } from '../../kernel/namespace-scope';
import { hostLabel } from '../../kernel/naming';
import { Labels } from '../../values/labels';
import { checkWithSidecars } from '../sidecars';

/** The label by which a pod refuses its sidecar, and the annotation that was before it. */
const INJECT = 'sidecar.istio.io/inject';

/** The annotations by which an injected sidecar gets volumes of its own. */
const VOLUMES = 'sidecar.istio.io/userVolume';
const MOUNTS = 'sidecar.istio.io/userVolumeMount';

/**
 * Labels and annotations of the pods of a service. Callers connect as the namespace says: pods that do without the sidecar of their
 * namespace would not be understood.
 */
export class PodFacts extends MetadataFacts {
  private readonly mounted = new Map<string, string>();

  /**
   * @param scope whose pods they are, for what is refused at once or at synthesis
   * @param injected whether nobody but the namespace says if they get a sidecar
   */
  public constructor(
    private readonly scope: Construct, subject: string, private readonly pods: ApiObjectMetadataDefinition, private readonly injected = true,
  ) {
    super(subject, pods);
    // The Deployment is the user's to change until synthesis.
    checkWithSidecars(scope, () => {
      const { labels = {}, annotations = {} } = (pods.toJson() ?? {}) as { labels?: Labels; annotations?: Labels };
      this.checkInjected('label', INJECT, labels[INJECT], scope);
      this.checkInjected('annotation', INJECT, annotations[INJECT], scope);
    });
    scope.node.addValidation({ validate: () => refusals(scope, () => checkPodSettings(scope, subject, (pods.toJson() ?? {}) as PodMetadata)) });
  }

  /** The labels of the pods, so far. */
  public get podLabels(): Labels {
    return { ...this.pods.toJson()?.labels };
  }

  /** Mounts a Secret of the pods' namespace into their sidecars, and nowhere else. Returns the folder. */
  public mountIntoSidecar(secret: string, source: IConstruct): string {
    if (this.mounted.size === 0) {
      // What the user wrote is his; what is ours grows.
      this.addAnnotation(VOLUMES, '{}', source);
      this.addAnnotation(MOUNTS, '{}', source);
    }
    const name = hostLabel(secret);
    const folder = `/etc/istio/secrets/${secret}`;
    this.mounted.set(secret, name);
    const all = [...this.mounted].sort(([a], [b]) => (a < b ? -1 : 1));
    const each = <T>(make: (its: string) => T) => JSON.stringify(Object.fromEntries(all.map(([its, volume]) => [volume, make(its)])));
    this.metadata.addAnnotation(VOLUMES, each(secretName => ({ secret: { secretName } })));
    this.metadata.addAnnotation(MOUNTS, each(its => ({ mountPath: `/etc/istio/secrets/${its}`, readOnly: true })));
    return folder;
  }

  public addLabel(key: string, value: string, source: IConstruct, when?: () => boolean): void {
    this.checkAdded('label', key, value, source);
    super.addLabel(key, value, source, when);
  }

  public addAnnotation(key: string, value: string, source: IConstruct, when?: () => boolean): void {
    this.checkAdded('annotation', key, value, source);
    super.addAnnotation(key, value, source, when);
  }

  /** What the pods have at synthesis is checked there. */
  private checkAdded(what: string, key: string, value: string, source: IConstruct): void {
    const namespace = knownNamespace(this.scope, namespaceOf(this.scope));
    if (namespace.hasSidecars && !namespace.isOpen) {
      this.checkInjected(what, key, value, source);
    }
  }

  private checkInjected(what: string, key: string, value: string | undefined, at: IConstruct): void {
    if (this.injected && key === INJECT && value !== undefined && value !== 'true') {
      throw new MeshError('IM1115', at, { problem: `the ${what} ${INJECT} keeps the sidecar from ${this.subject}`, got: value, allowed: 'true' });
    }
  }
}
