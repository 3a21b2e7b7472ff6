import { inspect } from 'node:util';
import { Choices } from './choices';
import { defectsOf, objectsOf, writtenBy, writtenByLibrary, Written } from './manifests';
import { observe } from './observed';
import { begin, Case, run } from './program';
import { refusalOf } from './refusal';
import { World } from './world';

/** What became of a case. */
export interface Verdict {
  readonly world: World;
  readonly faulty: boolean;
  /** The codes of the refusal; none where the program was accepted. */
  readonly codes: string[];
  /** The call that was refused; none where synthesis was. */
  readonly raisedBy?: string;
  readonly message: string;
  /** What must never be, in words. */
  readonly defects: string[];
}

/** Runs a case and judges it. */
export function judge(program: Case): Verdict {
  let world = begin();
  let outcome = attempt(world, program);
  const filled = world.slots.map(({ name }) => name);
  const faulty = program.fault !== undefined && filled.some(name => name !== '');
  if (faulty) {
    world = begin({ slot: chosen(filled, new Choices(program.fault!)), pick: program.fault! });
    outcome = attempt(world, program);
  }
  const { error, written, raisedBy } = outcome;
  const again = raisedBy === undefined ? attempt(begin(world.fault), program, writtenByLibrary) : outcome;
  if (error !== undefined) {
    const refusal = refusalOf(error);
    const defects = again.error?.message === error.message ? [] : [`the synthesis of the library has another error: ${again.error?.message}`];
    return { world, faulty, raisedBy, ...refusal, defects: [...refusal.defects, ...defects] };
  }
  world.used.add('MeshApp.synthChart'); // by the second attempt
  const defects = defectsOf(world.app, written!);
  if (!again.written || JSON.stringify(objectsOf(again.written)) !== JSON.stringify(objectsOf(written!))) {
    defects.push(`the same program gives other bytes the second time, by the synthesis of the library: ${again.error?.message}`);
  }
  if (world.wrong?.never) {
    defects.push(`${world.wrong.slot} took what is not of its type: ${inspect(world.wrong.value, { depth: 1 })}`);
  }
  observe(world);
  return { world, faulty, codes: [], message: '', defects };
}

/** A slot by its name, so that rare ones have their share, then one of those with the name. */
function chosen(slots: string[], choices: Choices): number {
  const name = choices.pick([...new Set(slots)].filter(slot => slot !== ''));
  return choices.pick(slots.flatMap((slot, i) => (slot === name ? [i] : [])));
}

function attempt(world: World, program: Case, synthesize = writtenBy): { error?: Error; raisedBy?: string; written?: Written } {
  try {
    run(world, program);
  } catch (error) {
    return { error: error as Error, raisedBy: world.calls[world.calls.length - 1].name };
  }
  try {
    return { written: synthesize(world.app) };
  } catch (error) {
    return { error: error as Error };
  }
}
