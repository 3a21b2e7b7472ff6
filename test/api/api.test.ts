import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Docs {
  readonly summary?: string;
  readonly default?: string;
}
interface Member {
  readonly name: string;
  readonly docs?: Docs;
  readonly optional?: boolean;
  readonly overrides?: string;
}
interface Type extends Member {
  readonly fqn: string;
  readonly kind: string;
  readonly datatype?: boolean;
  readonly namespace?: string;
  readonly properties?: Member[];
  readonly methods?: Member[];
  readonly members?: Member[];
}

const assembly = JSON.parse(readFileSync(join(__dirname, '..', '..', '.jsii'), 'utf8'));
const types = Object.values<Type>(assembly.types).filter(type => type.namespace === undefined);

/** Every type and member of the public API, by name. What an interface documents need not be repeated by its classes. */
const documented: [string, Member, boolean][] = types.flatMap(type => [
  [type.name, type, false] as [string, Member, boolean],
  ...[...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []]
    .filter(member => member.overrides === undefined)
    .map(member => [`${type.name}.${member.name}`, member, type.datatype === true] as [string, Member, boolean]),
]);

test('the walk sees the API', () => {
  const names = documented.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(['MeshService', 'MeshPort.http', 'CanarySplitProps.traffic', 'MutualTls.STRICT']));
});

test('everything public has a summary', () => {
  expect(documented.filter(([, { docs }]) => !docs?.summary).map(([name]) => name)).toEqual([]);
});

test('every property that may be left out says what happens then', () => {
  const silent = documented.filter(([, member, isStruct]) => isStruct && member.optional && !member.docs?.default);
  expect(silent.map(([name]) => name).filter(name => name !== 'ExternalReference.namespace')).toEqual([]);
});

test('no L1 class is part of a signature', () => {
  const used = JSON.stringify(types.map(({ docs, ...type }) => type));
  expect(used).not.toMatch(/cdk8s-istio\.(networking|security|telemetry|extensions)\./);
});
