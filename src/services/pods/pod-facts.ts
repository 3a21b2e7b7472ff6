import { ApiObjectMetadataDefinition } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { MeshNamespace } from '../mesh-namespace';
import { MetadataFacts } from './metadata-facts';
import { MeshError } from '../../diagnostics/mesh-error';
import { refusals } from '../../kernel/guarded';
import { namespaceScopeOf } from '../../kernel/namespace-scope';
import { hostLabel } from '../../kernel/naming';
import { Labels } from '../../values/labels';

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
  public constructor(scope: Construct, subject: string, pods: ApiObjectMetadataDefinition, private readonly injected = true) {
    super(subject, pods);
    const check = () => {
      const { labels = {}, annotations = {} } = (pods.toJson() ?? {}) as { labels?: Labels; annotations?: Labels };
      this.checkInjected('label', INJECT, labels[INJECT], scope);
      this.checkInjected('annotation', INJECT, annotations[INJECT], scope);
    };
    check();
    // The Deployment is the user's to change until synthesis.
    scope.node.addValidation({ validate: () => refusals(scope, check) });
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

  public addLabel(key: string, value: string, source: IConstruct): void {
    this.checkInjected('label', key, value, source);
    super.addLabel(key, value, source);
  }

  public addAnnotation(key: string, value: string, source: IConstruct): void {
    this.checkInjected('annotation', key, value, source);
    super.addAnnotation(key, value, source);
  }

  private checkInjected(what: string, key: string, value: string | undefined, at: IConstruct): void {
    const namespace = namespaceScopeOf(at);
    const outside = namespace instanceof MeshNamespace && !namespace.injects;
    if (this.injected && key === INJECT && value !== undefined && value !== 'true' && !outside) {
      throw new MeshError('IM1115', at, { problem: `the ${what} ${INJECT} keeps the sidecar from ${this.subject}`, got: value, allowed: 'true' });
    }
  }
}
