/**
 * Checks that every option of the public API has a test, and prints how many there are. The options are read from the compiled library, the tests from
 * the calls of `option(...)` in test/.
 *
 *   npm run options                       check (npm run compile first)
 *   npm run options -- --write FILE       also write the table of options and their tests to a file
 *
 * Fails where an option has no test, and where a test is for an option that does not exist.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { isConstructed, methodsOf, propertiesOf, Type, TYPES } from './api-assembly';
import { cell, proofs, ROOT } from './proofs';

/** What a user can write with a type: properties of structs, members of enums, constructors, methods and constants. */
function optionsOf(type: Type): string[] {
  const members = [
    ...isConstructed(type) ? [{ name: 'constructor' }] : [],
    ...type.members ?? [],
    ...propertiesOf(type).filter(property => type.datatype || (property.static && property.const)),
    ...methodsOf(type),
  ];
  return members.map(({ name }) => `${type.name}.${name}`);
}

/** A struct that others extend is written by these. */
const types = TYPES.filter(type => !(type.datatype && TYPES.some(({ interfaces }) => interfaces?.includes(type.fqn))));
const options = types.flatMap(optionsOf);
const proven = proofs('option').map(({ texts: [option, title], file }) => ({ option, title, file }));

function table(file: string): string {
  const row = (option: string): string => {
    const found = proven.filter(proof => proof.option === option);
    const files = [...new Set(found.map(proof => proof.file))].map(each => `[${each}](${relative(dirname(file), join(ROOT, each)).replace(/\\/g, '/')})`);
    return `| \`${option}\` | ${found.map(({ title }) => cell(title)).join('<br>')} | ${files.join('<br>')} |`;
  };
  return ['# Options and their tests', '', '| option | test | file |', '| --- | --- | --- |', ...options.map(row), ''].join('\n');
}

const problems = [
  ...options.filter(option => !proven.some(proof => proof.option === option)).map(option => `${option} has no test.`),
  ...proven.filter(({ option }) => !options.includes(option)).map(({ option, title, file }) => `${file}: "${title}" is a test for ${option}, which does not exist.`),
];
const at = process.argv.indexOf('--write');
if (at >= 0) {
  const file = resolve(process.argv[at + 1]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, table(file));
}
console.info(`${options.length} options of ${types.length} types, ${proven.length} tests of options.`);
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length > 0 ? 1 : 0;
