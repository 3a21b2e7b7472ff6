import { Duration } from 'cdk8s';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** Durations are read as nanoseconds of 63 bits. */
const LONGEST = (2 ** 63 - 1) / 1e6 - 1000;

/** A duration as a number of seconds, where Kubernetes and Flux take nothing shorter. */
export function wholeSeconds(duration: Duration, at: Located | string): number {
  const text = istioDuration(duration, at);
  if (text.endsWith('ms')) {
    throw new MeshError('IM0108', at, { problem: 'the duration is not a whole number of seconds', found: text, allowed: '1s or more' });
  }
  return Number(text.slice(0, -1));
}

/**
 * A duration in Istio's spelling: `2s`, `500ms`, and `1500ms` rather than `1.5s`, which older releases cannot read.
 *
 * Goes through milliseconds: cdk8s refuses to turn half a second into seconds.
 */
export function istioDuration(duration: Duration, at: Located | string): string {
  let millis: number;
  try {
    millis = duration.toMilliseconds({ integral: false });
  } catch {
    throw new MeshError('IM0108', at, { problem: 'not a duration', got: duration, allowed: 'a Duration of cdk8s' });
  }
  if (!Number.isFinite(millis) || millis < 1 || !Number.isInteger(millis)) {
    throw new MeshError('IM0108', at, {
      problem: 'the duration is not a whole number of milliseconds, of at least one',
      found: `${millis}ms`,
      allowed: '1ms or more',
    });
  }
  if (millis > LONGEST) {
    throw new MeshError('IM0108', at, { problem: 'the duration is longer than the API server can read', found: `${millis}ms`, allowed: 'less than 292 years', next: 'say a shorter one' });
  }
  return millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`;
}

/** The same for a duration that may be none at all, where that has a meaning of its own. */
export function istioDurationOrNone(duration: Duration, at: Located | string): string {
  return duration instanceof Duration && duration.toMilliseconds({ integral: false }) === 0 ? '0s' : istioDuration(duration, at);
}
