import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf } from '../../diagnostics/validate-props';
import { HttpMatch } from '../../hosts/http/http-match';
import { IMeshService } from '../../services/mesh-service-base';
import { StringMatch } from '../../values/string-match';
import { headerConditions } from '../routes/route-match';

/**
 * A condition on the calls to a service: by caller, by header, or both.
 *
 * The caller's sidecar evaluates conditions on the caller, by the labels of the calling pod. They control routing and not access:
 * a caller without a sidecar bypasses such a rule.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
 */
export class CallMatch {
  /**
   * Matches calls from any version of a service.
   *
   * @param caller the calling service
   */
  public static from(caller: IMeshService): CallMatch {
    const { podLabels: labels, namespace } = instanceOf('MeshServiceBase', caller, 'CallMatch.from()', 'the caller');
    if (Object.keys(labels).length === 0) {
      throw new MeshError('IM1207', 'CallMatch.from()', {
        problem: `${caller.host} is described without pod labels, so every pod of its namespace would match`, next: 'set its `podLabels`',
      });
    }
    return new CallMatch(new HttpMatch({ caller: { labels, namespace } }), [caller]);
  }

  /**
   * Matches calls from one version of a service.
   *
   * @param caller the calling service
   * @param version the name of one of its versions (IM1105)
   */
  public static fromVersion(caller: IMeshService, version: string): CallMatch {
    instanceOf('MeshServiceBase', caller, 'CallMatch.fromVersion()', 'the caller');
    const labels = { ...caller.podLabels, ...caller.versionOf(version).labels };
    return new CallMatch(new HttpMatch({ caller: { labels, namespace: caller.namespace } }), [caller]);
  }

  /**
   * Matches calls with a header. Also applies to requests from a gateway.
   *
   * @param name the name of the header in lower case (IM1308)
   * @param match the condition on its value
   */
  public static header(name: string, match: StringMatch): CallMatch {
    instanceOf('StringMatch', match, 'CallMatch.header()', 'the condition');
    return new CallMatch(new HttpMatch({ headers: headerConditions({ [instanceOf('string', name, 'CallMatch.header()', 'the name')]: match }, 'CallMatch.header()') }), []);
  }

  /**
   * Matches calls that meet all of these conditions.
   *
   * @param matches the conditions: any number of headers, and at most one caller (IM1207); of two conditions on
   * one header, one must be narrower (IM1309), and they must not exclude each other (IM1205)
   */
  public static allOf(...matches: CallMatch[]): CallMatch {
    const at = 'CallMatch.allOf()';
    if (matches.length === 0) {
      throw new MeshError('IM0001', at, { problem: 'there are no conditions', got: matches, allowed: 'at least one', next: 'use the `traffic` of the split for all calls' });
    }
    matches.forEach(match => instanceOf('CallMatch', match, at, 'a condition'));
    const callers = matches.flatMap(match => match._callers);
    if (callers.length > 1) {
      throw new MeshError('IM1207', at, {
        problem: 'a call has only one caller', got: callers.map(caller => caller.host), next: 'write one rule for each caller',
      });
    }
    const all = matches.reduce((before: HttpMatch | undefined, { _match }) => before?.and(_match, at), HttpMatch.EVERYTHING);
    if (!all) {
      throw new MeshError('IM1205', at, { problem: 'the conditions exclude each other, so no call can meet all of them', got: matches.map(({ _match }) => _match.toIstio()) });
    }
    return new CallMatch(all, callers);
  }

  /**
   * Every call.
   *
   * @internal
   */
  public static _everyone(): CallMatch {
    return new CallMatch(HttpMatch.EVERYTHING, []);
  }

  private constructor(
    /** @internal */ public readonly _match: HttpMatch,
    /** @internal */ public readonly _callers: IMeshService[],
  ) {}
}
