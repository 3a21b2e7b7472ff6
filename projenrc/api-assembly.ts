/** The public API, as the compiled library describes it in `.jsii`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './proofs';

export interface Docs {
  readonly summary?: string;
  readonly remarks?: string;
  readonly default?: string;
  readonly returns?: string;
  readonly see?: string;
  readonly example?: string;
}

export interface TypeRef {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: TypeRef };
}

/** A property, a parameter or a member of an enum. */
export interface Slot {
  readonly name: string;
  readonly type: TypeRef;
  readonly docs?: Docs;
  readonly optional?: boolean;
  readonly variadic?: boolean;
  readonly protected?: boolean;
  readonly static?: boolean;
  readonly const?: boolean;
}

export interface Method {
  readonly name: string;
  readonly docs?: Docs;
  readonly static?: boolean;
  readonly protected?: boolean;
  readonly parameters?: Slot[];
  readonly returns?: { readonly type: TypeRef; readonly optional?: boolean };
}

export interface Type {
  readonly fqn: string;
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly namespace?: string;
  readonly datatype?: boolean;
  readonly abstract?: boolean;
  readonly base?: string;
  readonly interfaces?: string[];
  readonly docs?: Docs;
  readonly initializer?: { readonly docs?: Docs; readonly parameters?: Slot[]; readonly protected?: boolean };
  readonly properties?: Slot[];
  readonly methods?: Method[];
  readonly members?: Slot[];
  readonly locationInModule: { readonly filename: string; readonly line: number };
}

const assembly: { types: { readonly [fqn: string]: Type } } = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8'));

/** The types of the root module, by name. The imported CRD classes are submodules and follow the CRDs. */
export const TYPES: readonly Type[] = Object.values(assembly.types).filter(({ namespace }) => namespace === undefined)
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** A type of the package. */
export function typeOf(fqn: string): Type | undefined {
  return assembly.types[fqn];
}

/** Whether one type is the other, extends it or implements it. */
export function isA({ fqn, base, interfaces = [] }: Type, above: string): boolean {
  const direct = [...base ? [base] : [], ...interfaces];
  return fqn === above || direct.some(each => each === above || (typeOf(each) !== undefined && isA(typeOf(each)!, above)));
}

/** Whether users make objects of a class by its constructor. */
export function isConstructed({ kind, abstract, initializer }: Type): boolean {
  return kind === 'class' && !abstract && initializer !== undefined && !initializer.protected;
}

/** The properties of a type; for a struct, of those that it extends as well. */
export function propertiesOf(type: Type): Slot[] {
  const above = type.datatype ? (type.interfaces ?? []).flatMap(fqn => (typeOf(fqn) ? propertiesOf(typeOf(fqn)!) : [])) : [];
  return [...type.properties ?? [], ...above].filter(slot => !slot.protected)
    .sort((a, b) => Number(a.optional ?? false) - Number(b.optional ?? false) || (a.name < b.name ? -1 : 1));
}

export function methodsOf(type: Type): Method[] {
  return (type.methods ?? []).filter(method => !method.protected);
}
