import { inspect } from 'node:util';
import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { disagreements } from './agreement';
import { Choices } from './choices';
import { KubeObject } from './kube-object';
import { observe } from './observed';
import { begin, Case, run } from './program';
import { World } from './world';
import { CATALOGUE } from '../../src/diagnostics/catalogue';
import { validateIstioObject } from '../helpers/istio-schema';

/** What became of a case. */
export interface Verdict {
  readonly world: World;
  readonly faulty: boolean;
  /** The codes of the refusal; none where the program was accepted. */
  readonly codes: string[];
  readonly message: string;
  /** What must never be, in words. */
  readonly defects: string[];
}

const HEADER = /^(IM\d{4}) at /;
const CLUSTER_SCOPED = ['Namespace'];
/** What JavaScript itself says when code looks at something that is not there. */
const ACCIDENT = /Cannot read propert|is not a function|is not iterable|not a constructor|Cannot convert|Cannot use 'in'|undefined \(reading/;

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
  const { error, written } = outcome;
  if (error !== undefined) {
    return { world, faulty, ...refused(error) };
  }
  const objects = manifests(written!);
  const defects = [...illFormed(objects), ...twice(world.app), ...disagreements(world, written!)];
  const again = attempt(begin(world.fault), program);
  if (!again.written || JSON.stringify(manifests(again.written)) !== JSON.stringify(objects)) {
    defects.push('the same program gives other bytes the second time');
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

/** What each chart writes. */
type Written = [Chart, KubeObject[]][];

const manifests = (written: Written) => written.flatMap(([, objects]) => objects);

function attempt(world: World, program: Case): { error?: Error; written?: Written } {
  try {
    run(world, program);
    return { written: world.app.charts.map(chart => [chart, chart.toJson()]) };
  } catch (error) {
    return { error: error as Error };
  }
}

function refused(error: Error): { codes: string[]; message: string; defects: string[] } {
  const synth = /^Validation failed with the following errors:\n {2}/;
  const messages = synth.test(error.message)
    ? error.message.replace(synth, '').split(/\n {2}(?=\[)/).map(text => text.replace(/^\[[^\]]*\] /, ''))
    : [error.message];
  const codes = messages.map(message => HEADER.exec(message)?.[1]).filter(code => code !== undefined);
  const defects = messages.flatMap((message, i) => {
    if (!HEADER.test(message)) return [`an error without a code: ${i === 0 ? error.stack : message}`];
    if (!(HEADER.exec(message)![1] in CATALOGUE)) return [`a code that the catalogue does not have: ${message}`];
    return ACCIDENT.test(message) ? [`an accident with a code on it: ${message}`] : [];
  });
  return { codes: [...new Set(codes)], message: error.message, defects };
}

function illFormed(objects: KubeObject[]): string[] {
  return objects.flatMap(object => {
    const { apiVersion, kind, metadata: { name, namespace } } = object;
    const title = `${kind} ${namespace}/${name}`;
    const problems = /\.istio\.io\/|^cert-manager\.io\//.test(apiVersion) ? validateIstioObject(object).map(problem => `${title}: ${problem}`) : [];
    const ports = object.spec?.servers?.map(server => server.port.name) ?? [];
    if (new Set(ports).size < ports.length) problems.push(`${title}: two servers of one name, which Istio refuses: ${ports}`);
    if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) problems.push(`${title}: no name`);
    const named = typeof namespace === 'string' && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace);
    if (CLUSTER_SCOPED.includes(kind) ? namespace !== undefined : !named) problems.push(`${title}: no namespace, or one too many`);
    return problems;
  });
}

/** Objects of one cluster that would overwrite each other. */
function twice(app: IConstruct): string[] {
  const objects = app.node.findAll().filter(construct => ApiObject.isApiObject(construct));
  const keys = objects.map(object => {
    const cluster = object.node.scopes.reverse().find(scope => scope.constructor.name === 'MeshCluster');
    return [cluster?.node.path, object.apiGroup, object.kind, object.metadata.namespace, object.name].join('|');
  });
  return keys.filter((key, i) => keys.indexOf(key) !== i).map(key => `two objects are ${key}`);
}
