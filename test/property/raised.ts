import { join } from 'node:path';
import { Counted } from './tally';
import { RaisedErrors } from '../../projenrc/raised-errors';

/** What a call of the world is to the tables of errors: `new MeshService` is the constructor of MeshService. */
function member(call: string): [string, string] {
  return call.startsWith('new ') ? [call.slice(4), 'constructor'] : call.split('.') as [string, string];
}

/** The errors that programs raised, to be compared with the tables of the API pages. */
export class Raised {
  private readonly atOnce = new Map<string, Set<string>>();
  private readonly atSynthesis = new Map<string, Set<string>>();

  public count({ raisedBy, calls, codes }: Counted): void {
    const [found, key] = raisedBy === undefined ? [this.atSynthesis, calls.join()] : [this.atOnce, raisedBy];
    codes.forEach(code => found.set(key, (found.get(key) ?? new Set()).add(code)));
  }

  /** Errors that no table has: raised by a call of another table, or by no call of the program at synthesis. */
  public missing(): string[] {
    const errors = new RaisedErrors(join(__dirname, '..', '..'));
    const known = new Map<string, ReturnType<RaisedErrors['of']>>();
    const of = (call: string) => known.get(call) ?? known.set(call, errors.of(...member(call))).get(call)!;
    return [
      ...[...this.atOnce].flatMap(([call, codes]) => [...codes].filter(code => !of(call).atOnce.has(code)).map(code => `${call} raised ${code}`)),
      ...[...this.atSynthesis].flatMap(([calls, codes]) => {
        // Every App has a cluster.
        const all = ['new MeshCluster', ...calls.split(',').filter(call => !/^\w+\.[A-Z0-9_]+$/.test(call))].map(call => of(call).atSynthesis);
        return [...codes].filter(code => !all.some(possible => possible.has(code))).map(code => `synthesis after ${calls} raised ${code}`);
      }),
    ];
  }
}
