import { ApiObjectMetadataDefinition } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { JOINED, JoinedSettings, USER_VOLUME, USER_VOLUME_MOUNT } from './joined-settings';
import { MetadataBuilder } from './metadata-builder';
import { checkPodSettings } from './pod-settings';
import { MeshError } from '../../diagnostics/mesh-error';
import { checkAtSynthesis, collectErrors } from '../../kernel/collect-errors';
import { hostLabel } from '../../kernel/naming';
import { WrittenMetadata, writtenMetadata } from '../../kernel/written-metadata';
import { annotation, Labels } from '../../values/labels';
import { problemsWithSidecars, surelyGetSidecars } from '../workloads/sidecars';

/** The label by which a pod disables its sidecar. The annotation with this name is deprecated. */
const INJECT = 'sidecar.istio.io/inject';

const JOINED_KEYS = Object.keys(JOINED);

/**
 * Labels and annotations of the pods of a service. Callers use the mutual TLS mode of the namespace, so pods must not disable their sidecar.
 */
export class PodMetadataBuilder extends MetadataBuilder {
  private joined?: Map<string, { readonly settings: JoinedSettings; text?: string }>;

  /**
   * @param scope the construct of the pods, for errors
   * @param injected whether only the namespace decides on their sidecar
   */
  public constructor(
    private readonly scope: Construct, subject: string, private readonly pods: ApiObjectMetadataDefinition, private readonly injected = true,
  ) {
    super(subject, pods);
    this.readJoined();
    if (surelyGetSidecars(scope)) {
      this.checkWritten();
    }
    checkAtSynthesis(scope, () => this.problems());
  }

  /** The errors of the metadata at synthesis. Users can change the Deployment until then. */
  private problems(): string[] {
    const { scope, subject } = this;
    return [...problemsWithSidecars(scope, () => this.checkWritten()), ...collectErrors(scope, () => {
      this.readJoined();
      checkPodSettings(scope, subject, this.written);
    })];
  }

  /** The labels of the pods, so far. */
  public get podLabels(): Labels {
    return { ...this.written.labels };
  }

  private get written(): WrittenMetadata {
    return writtenMetadata(this.scope, this.pods);
  }

  /** Mounts a Secret of the pods' namespace into their sidecars, and nowhere else. Returns the folder. */
  public mountIntoSidecar(secret: string, source: IConstruct): string {
    const folder = `/etc/istio/secrets/${secret}`;
    const volume = hostLabel(secret);
    this.addAnnotation(USER_VOLUME, JSON.stringify({ [volume]: { secret: { secretName: secret } } }), source);
    this.addAnnotation(USER_VOLUME_MOUNT, JSON.stringify({ [volume]: { mountPath: folder, readOnly: true } }), source);
    return folder;
  }

  public addLabel(key: string, value: string, source: IConstruct, when?: () => boolean): void {
    this.checkAdded('label', key, value, source);
    super.addLabel(key, value, source, when);
  }

  public addAnnotation(key: string, value: string, source: IConstruct, when?: () => boolean): void {
    this.checkAdded('annotation', key, value, source);
    if (!JOINED_KEYS.includes(key)) {
      super.addAnnotation(key, value, source, when);
      return;
    }
    annotation(key, value, source);
    this.readJoined();
    this.join(key, value, source.node.path, source);
  }

  /** Reads the user's metadata of the pods, which can change until synthesis. */
  private readJoined(): void {
    const { annotations } = this.written;
    for (const key of JOINED_KEYS) {
      const text = annotations[key] as string | undefined;
      if (text !== undefined && text !== this.joined?.get(key)?.text) {
        this.join(key, text, `the pods' own annotations, ${this.scope.node.path}`, this.scope);
      }
    }
  }

  private join(key: string, text: string, by: string, source: IConstruct): void {
    this.joined ??= new Map();
    const joined = this.joined.get(key) ?? { settings: new JoinedSettings(key, this.subject) };
    this.joined.set(key, joined);
    joined.settings.add(text, by, source);
    joined.text = joined.settings.text;
    this.pods.addAnnotation(key, joined.text!);
  }

  private checkWritten(): void {
    const { labels, annotations } = this.written;
    this.checkInjected('label', INJECT, labels[INJECT], this.scope);
    this.checkInjected('annotation', INJECT, annotations[INJECT], this.scope);
  }

  /** The final metadata is checked at synthesis. */
  private checkAdded(what: string, key: string, value: string, source: IConstruct): void {
    if (key === INJECT && surelyGetSidecars(this.scope)) {
      this.checkInjected(what, key, value, source);
    }
  }

  private checkInjected(what: string, key: string, value: string | undefined, at: IConstruct): void {
    if (this.injected && key === INJECT && value !== undefined && value !== 'true') {
      throw new MeshError('IM1115', at, { problem: `the ${what} ${INJECT} disables the sidecar of ${this.subject}`, got: value, allowed: 'true' });
    }
  }
}
