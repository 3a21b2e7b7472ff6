/**
 * Prints documents with cdk8s and with the library, and compares the bytes.
 *
 *   npm run same-bytes -- --random 100000 [--seed 1]    documents that are drawn
 *   npm run same-bytes -- DIR FILE...                   the documents of YAML files, and of all YAML files below folders
 *
 * It fails if one document differs, and prints how much of the text cdk8s had to print.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { YamlText } from '../src/synthesis/yaml-text';
import { documents } from '../test/synthesis/documents';

/** What was compared. */
interface Tally {
  tried: number;
  equal: number;
  /** Documents that cdk8s printed for the library. */
  whole: number;
  /** Documents of which cdk8s printed strings. */
  part: number;
  characters: number;
  /** Milliseconds of this machine. */
  own: number;
  theirs: number;
}

const none = (): Tally => ({ tried: 0, equal: 0, whole: 0, part: 0, characters: 0, own: 0, theirs: 0 });

/** Compares documents, one after the other, with one printer. */
function comparison(tally: Tally): (json: unknown) => boolean {
  const printer = new YamlText();
  const stringify = Yaml.stringify;
  return json => {
    let whole = false;
    let part = false;
    Yaml.stringify = (...docs) => {
      whole ||= docs[0] === json;
      part ||= docs[0] !== json;
      return stringify.apply(Yaml, docs);
    };
    const start = performance.now();
    const own = outcome(() => printer.document(json));
    const between = performance.now();
    Yaml.stringify = stringify;
    const theirs = outcome(() => Yaml.stringify(json));
    tally.own += between - start;
    tally.theirs += performance.now() - between;
    tally.tried++;
    tally.equal += own === theirs ? 1 : 0;
    tally.whole += whole ? 1 : 0;
    tally.part += part && !whole ? 1 : 0;
    tally.characters += theirs.length;
    return own === theirs;
  };
}

/** The text of a document, or the error instead. */
function outcome(print: () => string): string {
  try {
    return print();
  } catch (e) {
    return `error: ${(e as Error).message}`;
  }
}

/** The YAML files of a folder and the folders below it, or the file itself. */
function yamlFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(name => /\.ya?ml$/.test(name)).sort().map(name => join(path, name)).filter(file => statSync(file).isFile());
}

/** The documents of a file. Undefined if it is a template and no YAML. */
function documentsOf(file: string): unknown[] | undefined {
  const parsed = parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1', logLevel: 'silent' });
  return parsed.some(({ errors }) => errors.length > 0) ? undefined : parsed.map(document => document.toJS({ maxAliasCount: -1 }));
}

function report(name: string, { tried, equal, whole, part, characters, own, theirs }: Tally): void {
  console.log(`${name}: ${tried} documents, ${equal} with the same bytes, ${tried - equal} different.`);
  console.log(`  ${characters} characters, in ${(own / theirs).toFixed(3)} of the time of cdk8s, which printed ${whole} documents for the library, and strings of ${part} others.`);
  if (equal < tried || tried === 0) {
    process.exitCode = 1;
  }
}

const { values: { random, seed }, positionals } = parseArgs({ allowPositionals: true, options: { random: { type: 'string' }, seed: { type: 'string', default: '1' } } });

if (random !== undefined) {
  const tally = none();
  const isEqual = comparison(tally);
  const { failed, counterexample } = fc.check(fc.property(documents, isEqual), { numRuns: Number(random), seed: Number(seed) });
  if (failed) {
    console.log('different:', counterexample);
  }
  report(`random documents of seed ${seed}`, tally);
}
for (const path of positionals) {
  const tally = none();
  const isEqual = comparison(tally);
  let templates = 0;
  for (const file of yamlFiles(path)) {
    const all = documentsOf(file);
    templates += all ? 0 : 1;
    all?.filter(json => !isEqual(json)).forEach(() => console.log(`different: ${file}`));
  }
  report(path, tally);
  if (templates > 0) {
    console.log(`  Left out, because they are no YAML 1.1: ${templates} files.`);
  }
}
