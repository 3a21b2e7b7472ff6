import { CATALOGUE, Code } from './catalogue';
import { Located, Refusal } from './refusal';
import { show } from './show';

/** jsii looks at what exported classes extend, internal ones too, and does not know JavaScript's own errors. */
class PlainError extends Error {}

/**
 * A refusal: what every check of this library throws, or reports when an app is synthesized.
 *
 * @internal
 */
export class MeshError extends PlainError {
  /** The stable code, for example `IM1203`. */
  public readonly code: Code;
  /** The path of the construct, or the call, that was refused. */
  public readonly at: string;

  /**
   * @param at the construct, or where there is none yet, the call that made the value: `MeshPort.http(15001)`.
   */
  constructor(code: Code, at: Located | string, refusal: Refusal) {
    const place = typeof at === 'string' ? at : at.node.path;
    super(format(code, place, refusal));
    this.name = 'MeshError';
    this.code = code;
    this.at = place;
  }
}

function format(code: Code, place: string, refusal: Refusal): string {
  const entry = CATALOGUE[code];
  const lines = [`${code} at ${place}: ${refusal.problem}.`];
  if (refusal.found !== undefined || 'got' in refusal) {
    lines.push(`  got      ${refusal.found ?? show(refusal.got)}`);
  }
  if (refusal.allowed) {
    lines.push(`  allowed  ${refusal.allowed}`);
  }
  lines.push(`  next     ${refusal.next ?? entry.remedy}`);
  if (entry.istio) {
    lines.push(`  istio    ${entry.istio}`);
  }
  return lines.join('\n');
}
