import { Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';

/** Options of `AccessLog.text`. */
export interface TextLogOptions {
  /**
   * One line of the log, with Envoy's operators: `[%START_TIME%] %RESPONSE_CODE%`. Istio ends it with a line break.
   *
   * @default - Istio's own format
   */
  readonly format?: string;

  /**
   * The file that is written to.
   *
   * @default /dev/stdout
   */
  readonly file?: string;
}

/** Options of `AccessLog.json`. */
export interface JsonLogOptions {
  /**
   * The fields of an entry, with Envoy's operators: `{ status: '%RESPONSE_CODE%' }`.
   *
   * @default - Istio's own fields
   */
  readonly fields?: { [field: string]: string };

  /**
   * The file that is written to.
   *
   * @default /dev/stdout
   */
  readonly file?: string;
}

/**
 * Where and how every proxy of the mesh writes down the requests that it passes on.
 *
 * @see https://istio.io/latest/docs/tasks/observability/logs/access-log/
 */
export class AccessLog {
  /** A line of text a request. */
  public static text(options: TextLogOptions = {}): AccessLog {
    const at = 'AccessLog.text()';
    const { format, file } = validateProps('TextLogOptions', options, at);
    if (format?.trim() === '') {
      throw new MeshError('IM1602', at, { problem: 'the format is empty', got: format });
    }
    return new AccessLog({ accessLogEncoding: 'TEXT', accessLogFile: path(file, at), accessLogFormat: format });
  }

  /** A JSON object a request. */
  public static json(options: JsonLogOptions = {}): AccessLog {
    const at = 'AccessLog.json()';
    const { fields, file } = validateProps('JsonLogOptions', options, at);
    const names = Object.keys(fields ?? {}).sort();
    if (fields && (names.length === 0 || names.includes(''))) {
      throw new MeshError('IM1602', at, { problem: 'the entries have no fields, or one without a name', got: fields });
    }
    const format = fields && JSON.stringify(Object.fromEntries(names.map(name => [name, fields[name]])));
    return new AccessLog({ accessLogEncoding: 'JSON', accessLogFile: path(file, at), accessLogFormat: format });
  }

  /** No log, but where a `Telemetry` asks for one. */
  public static none(): AccessLog {
    return new AccessLog({ accessLogFile: '' });
  }

  private constructor(private readonly fields: Values) {}

  /** @internal */
  public get _writes(): boolean {
    return this.fields.accessLogFile !== '';
  }

  /** @internal */
  public _meshConfig(): Values {
    return this.fields;
  }
}

function path(file: string | undefined, at: string): string {
  if (file !== undefined && !/^\/./.test(file)) {
    throw new MeshError('IM1602', at, { problem: 'the file has no full path', got: file, allowed: 'a path from the root of the proxy\'s file system' });
  }
  return file ?? '/dev/stdout';
}
