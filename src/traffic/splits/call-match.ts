import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf } from '../../diagnostics/validate-props';
import { HttpMatch } from '../../hosts/http/http-match';
import { IMeshService } from '../../services/mesh-service-base';
import { StringMatch } from '../../values/string-match';
import { headerConditions } from '../routes/route-match';

/**
 * Which calls of a service a rule is for: by who calls, by a header, or by both.
 *
 * Who calls is decided by the labels of the calling pod, in its own sidecar. It steers traffic and protects nothing:
 * a caller without a sidecar passes by every such rule.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
 */
export class CallMatch {
  /**
   * Calls from any version of a service.
   *
   * @param caller the service that calls
   */
  public static from(caller: IMeshService): CallMatch {
    const { podLabels: labels, namespace } = instanceOf('MeshServiceBase', caller, 'CallMatch.from()', 'the caller');
    if (Object.keys(labels).length === 0) {
      throw new MeshError('IM1207', 'CallMatch.from()', {
        problem: `${caller.host} is described without labels of its pods: every pod of its namespace would match`, next: 'name its `podLabels`',
      });
    }
    return new CallMatch(new HttpMatch({ caller: { labels, namespace } }), [caller]);
  }

  /**
   * Calls from one version of a service.
   *
   * @param caller the service that calls
   * @param version the name of its version; one that it does not have is refused (IM1105)
   */
  public static fromVersion(caller: IMeshService, version: string): CallMatch {
    instanceOf('MeshServiceBase', caller, 'CallMatch.fromVersion()', 'the caller');
    const labels = { ...caller.podLabels, ...caller.versionOf(version).labels };
    return new CallMatch(new HttpMatch({ caller: { labels, namespace: caller.namespace } }), [caller]);
  }

  /**
   * Calls with a header. Also true of requests from a gateway.
   *
   * @param name the name of the header in lower case; one that no route can look at is refused (IM1308)
   * @param match how its text is compared
   */
  public static header(name: string, match: StringMatch): CallMatch {
    instanceOf('StringMatch', match, 'CallMatch.header()', 'the condition');
    return new CallMatch(new HttpMatch({ headers: headerConditions({ [instanceOf('string', name, 'CallMatch.header()', 'the name')]: match }, 'CallMatch.header()') }), []);
  }

  /**
   * Calls that meet all of these.
   *
   * @param matches the conditions: any number of headers, and one caller at most (IM1207); two conditions on
   * one header are refused where none is the narrower (IM1309), or where they exclude each other (IM1205)
   */
  public static allOf(...matches: CallMatch[]): CallMatch {
    const at = 'CallMatch.allOf()';
    if (matches.length === 0) {
      throw new MeshError('IM0001', at, { problem: 'the conditions are missing', got: matches, allowed: 'at least one', next: 'say what is for everyone as the `traffic` of the split' });
    }
    matches.forEach(match => instanceOf('CallMatch', match, at, 'a condition'));
    const callers = matches.flatMap(match => match._callers);
    if (callers.length > 1) {
      throw new MeshError('IM1207', at, {
        problem: 'a call has one caller', got: callers.map(caller => caller.host), next: 'write one rule for each caller',
      });
    }
    const all = matches.reduce((before: HttpMatch | undefined, { _match }) => before?.and(_match, at), HttpMatch.EVERYTHING);
    if (!all) {
      throw new MeshError('IM1205', at, { problem: 'the conditions exclude each other: no call can meet them all', got: matches.map(({ _match }) => _match.toIstio()) });
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
