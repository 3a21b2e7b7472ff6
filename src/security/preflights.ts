import { RequestSelection, Operation, Place, Rule } from './policed-place';
import { commonPaths } from '../values/policy-paths';

/** Paths of a host whose preflights Envoy answers if they come from one of the origins. */
interface AnsweredPart {
  readonly paths?: string[];
  readonly notPaths?: string[];
  /** In the form of policies. `*` is every origin. */
  readonly origins: string[];
}

/** A place of one host with the preflights that Envoy answers. */
export interface PreflightPlace extends Place {
  readonly answered: AnsweredPart[];
  /** The paths whose preflights Envoy does not answer. */
  readonly unanswered: Pick<Operation, 'paths' | 'notPaths'>[];
}

/**
 * The rules that refuse OPTIONS requests, except preflights that Envoy answers. A preflight has headers with its origin and the method of the actual
 * request, and carries no token.
 */
export function preflightRules(places: PreflightPlace[], selection: RequestSelection, rule: (to: Operation[], when?: Rule['when']) => Rule): Rule[] {
  const options = (place: Place, part: Pick<Operation, 'paths' | 'notPaths'>): Operation[] => {
    const paths = part.paths && selection.paths ? commonPaths(part.paths, selection.paths)! : part.paths ?? selection.paths;
    const notPaths = [...new Set([...part.notPaths ?? [], ...selection.notPaths ?? []])].sort();
    const { ports, hosts, notHosts } = place;
    return paths?.length === 0 ? [] : [{ ports, hosts, notHosts, methods: ['OPTIONS'], paths, notPaths: notPaths.length > 0 ? notPaths : undefined }];
  };
  const whole = places.flatMap(place => place.unanswered.flatMap(part => options(place, part)));
  const answered = places.filter(place => place.answered.length > 0);
  const withoutMethod = answered.flatMap(place => options(place, {}));
  const ofUnknownOrigin = answered.flatMap(place => place.answered.flatMap(part => options(place, part).map(operation =>
    rule([operation], [{ key: 'request.headers[origin]', notValues: part.origins }]))));
  return [
    ...whole.length > 0 ? [rule(whole)] : [],
    ...withoutMethod.length > 0 ? [rule(withoutMethod, [{ key: 'request.headers[access-control-request-method]', notValues: ['*'] }])] : [],
    ...ofUnknownOrigin,
  ];
}
