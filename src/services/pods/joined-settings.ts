import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { checkPlain, isMap, readSettings, SettingFormat, SettingMap, writeSettings } from '../../values/setting-map';

/** The annotation with the settings of a pod's proxy. */
export const PROXY_CONFIG = 'proxy.istio.io/config';
/** The annotations that add volumes to an injected sidecar. */
export const USER_VOLUME = 'sidecar.istio.io/userVolume';
export const USER_VOLUME_MOUNT = 'sidecar.istio.io/userVolumeMount';

/** Annotations of pods whose value is a map. Several constructs may each set a part of it. */
export const JOINED: { readonly [annotation: string]: SettingFormat } = {
  [PROXY_CONFIG]: SettingFormat.YAML,
  [USER_VOLUME]: SettingFormat.JSON,
  [USER_VOLUME_MOUNT]: SettingFormat.JSON,
};

interface SetField {
  readonly by: string;
  readonly value: string;
}

/**
 * The text of an annotation that users and constructs write together. A single text stays unchanged; several are merged field by field.
 */
export class JoinedSettings {
  private readonly format: SettingFormat;
  private readonly texts = new Map<string, string>();
  private readonly fields = new Map<string, SetField>();
  private settings: SettingMap = {};

  /** @param subject the owner of the annotation in messages: `the pods of reviews-v1` */
  public constructor(private readonly annotation: string, private readonly subject: string) {
    this.format = JOINED[annotation];
  }

  /**
   * Merges a text with earlier ones.
   *
   * @param by the source of the text in messages: a path, or an option and a path
   */
  public add(text: string, by: string, at: Located): void {
    const what = `the annotation ${this.annotation} of ${this.subject}`;
    const settings = readSettings(text, this.format, what, at);
    if (this.texts.has(text)) {
      return;
    }
    const texts = [...this.texts, [text, what] as const];
    if (texts.length > 1) {
      texts.forEach(([each]) => checkPlain(each, this.format, what, at));
    }
    // A refused text leaves no trace.
    const fields = new Map(this.fields);
    this.settings = this.joined(fields, [], this.settings, settings, by, at) as SettingMap;
    fields.forEach((each, field) => this.fields.set(field, each));
    this.texts.set(text, what);
  }

  /** The text of the annotation. Undefined if it is not set. */
  public get text(): string | undefined {
    const [only] = this.texts.keys();
    return this.texts.size > 1 ? writeSettings(this.settings, this.format) : only;
  }

  private joined(fields: Map<string, SetField>, path: string[], before: unknown, added: unknown, by: string, at: Located): unknown {
    // Istio treats null as a missing field.
    if (added === null || added === undefined) {
      return before;
    }
    const field = JSON.stringify(path);
    const value = isMap(added) ? 'a map' : JSON.stringify(added);
    const known = fields.get(field);
    if (known && known.value !== value) {
      throw new MeshError('IM1131', at, {
        problem: `${path.join('.')} in the annotation ${this.annotation} of ${this.subject} is set twice, to different values`,
        found: `${known.value} by ${known.by}, ${value} by ${by}`,
      });
    }
    if (!known) {
      fields.set(field, { by, value });
    }
    if (!isMap(added)) {
      return added;
    }
    const map: { [name: string]: unknown } = { ...before as SettingMap };
    Object.entries(added).forEach(([name, member]) => {
      const joined = this.joined(fields, [...path, name], map[name], member, by, at);
      if (joined !== undefined) {
        map[name] = joined;
      }
    });
    return map;
  }
}
