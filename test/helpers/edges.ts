import { IConstruct } from 'constructs';
import { callsIn } from '../../src/services/calls/recorded-calls';

/** Who calls whom in a cluster, by path: two constructs of one content are not one construct, and a difference of constructs has no end. */
export function edgePaths(scope: IConstruct): string[] {
  return callsIn(scope).map(({ caller, callee, port }) =>
    `${caller.key} > ${callee.construct.node.path}${callee.version === undefined ? '' : ` ${callee.version}`}:${port.port}`);
}
