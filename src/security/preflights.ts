import { Asked, Operation, Place, Rule } from './policed-place';
import { commonPaths } from '../values/policy-paths';

/** A part of a host's requests, by path, whose preflights Envoy answers if they come from one of the origins. */
interface AnsweredPart {
  readonly paths?: string[];
  readonly notPaths?: string[];
  /** As policies compare them: with `*`, every origin. */
  readonly origins: string[];
}

/** A place of one host, and which of its preflights Envoy answers: none where there is no such part. */
export interface PreflightPlace extends Place {
  readonly answered: AnsweredPart[];
  /** The parts, by path, that no answered part has. */
  readonly unanswered: Pick<Operation, 'paths' | 'notPaths'>[];
}

/**
 * What is refused of the requests with the method of preflights: all but those that Envoy answers. A preflight names its origin and the
 * method that is to follow, and carries no token.
 */
export function preflightRules(places: PreflightPlace[], asked: Asked, rule: (to: Operation[], when?: Rule['when']) => Rule): Rule[] {
  const options = (place: Place, part: Pick<Operation, 'paths' | 'notPaths'>): Operation[] => {
    const paths = part.paths && asked.paths ? commonPaths(part.paths, asked.paths)! : part.paths ?? asked.paths;
    const notPaths = [...new Set([...part.notPaths ?? [], ...asked.notPaths ?? []])].sort();
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
