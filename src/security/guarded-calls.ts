import { IConstruct } from 'constructs';
import { Call, callsOf } from '../services/calls/recorded-calls';
import { perSynthesis } from '../synthesis/per-synthesis';

/** The calls of one direction, by the version of the workload; undefined for the whole workload. */
type ByVersion = ReadonlyMap<string | undefined, readonly Call[]>;

interface Directions {
  readonly to: ByVersion;
  readonly from: ByVersion;
}

/** The calls to and from a workload. */
export class GuardedCalls {
  /** @param versions the names of its versions that have a name */
  public constructor(
    private readonly scope: IConstruct, private readonly constructs: ReadonlySet<IConstruct>, private readonly versions: readonly string[],
  ) {}

  /** The calls to one version of the workload, or to the whole workload. */
  public to(version?: string): readonly Call[] {
    return divided(this).to.get(version) ?? [];
  }

  /** The calls of one version of the workload, or of the whole workload. */
  public from(version?: string): readonly Call[] {
    return divided(this).from.get(version) ?? [];
  }

  /** All calls to the workload and to its versions. */
  public get allTo(): readonly Call[] {
    return this.all(divided(this).to);
  }

  /** All calls of the workload and of its versions. */
  public get allFrom(): readonly Call[] {
    return this.all(divided(this).from);
  }

  /** Calls to or from an unknown version: a single pod, which has the same labels and identity as the others. */
  public get unknown(): readonly Call[] {
    const { to, from } = divided(this);
    const isKnown = (version?: string) => version === undefined || this.versions.includes(version);
    if ([...to.keys(), ...from.keys()].every(isKnown)) {
      return [];
    }
    const isUnknown = (construct?: IConstruct, version?: string) => this.is(construct) && !isKnown(version);
    return this.calls.filter(({ caller, callee }) => isUnknown(caller.construct, caller.version) || isUnknown(callee.construct, callee.version));
  }

  /** Whether a construct belongs to the workload. */
  public is(construct?: IConstruct): boolean {
    return construct !== undefined && this.constructs.has(construct);
  }

  /** All calls to or from the workload. */
  public get calls(): readonly Call[] {
    return callsOf(this.scope, [...this.constructs]);
  }

  private all(calls: ByVersion): readonly Call[] {
    const whole = calls.get(undefined);
    return whole && calls.size === 1 ? whole : [undefined, ...this.versions].flatMap(version => calls.get(version) ?? []);
  }
}

/** The policies, the Sidecars and the visibility of a workload are about the same calls, and so are all checks of them. */
const divided = perSynthesis((workload: GuardedCalls): Directions => {
  const to = new Map<string | undefined, Call[]>();
  const from = new Map<string | undefined, Call[]>();
  for (const call of workload.calls) {
    if (workload.is(call.callee.construct)) {
      add(to, call.callee.version, call);
    }
    if (workload.is(call.caller.construct)) {
      add(from, call.caller.version, call);
    }
  }
  return { to, from };
});

function add(calls: Map<string | undefined, Call[]>, version: string | undefined, call: Call): void {
  const known = calls.get(version);
  if (known) {
    known.push(call);
  } else {
    calls.set(version, [call]);
  }
}
