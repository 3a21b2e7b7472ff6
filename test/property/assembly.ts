import { isA, type Slot as PublicSlot, type Type, type TypeRef, TYPES as ALL } from '../../projenrc/api-assembly';

export { isA, type Type, type TypeRef };

/** A property, or the parameter of a call. */
export interface Slot extends PublicSlot {
  /** The struct that declares it, if the struct at hand inherits it. */
  readonly declaredBy?: string;
}

/** Something public that can be called, or read as a constant: the way to a value, or a step of a program. */
export interface Callable {
  /** `new MeshService`, `MeshPort.http`, `IstioRelease.V1_31`, `MeshService.calls`. */
  readonly name: string;
  readonly kind: 'new' | 'static' | 'const' | 'method';
  readonly owner: Type;
  readonly member: string;
  readonly parameters: Slot[];
  readonly returns?: TypeRef;
}

const TYPES = new Map(ALL.map(type => [type.fqn, type]));

/** A type of the package's root module; nothing for others' types. */
export function typeOf(ref: TypeRef): Type | undefined {
  return TYPES.get(ref.fqn ?? '');
}

/** The properties of a struct, those that it inherits included: its own first. */
export function propertiesOf(type: Type): Slot[] {
  const inherited = (type.interfaces ?? []).map(fqn => TYPES.get(fqn)).filter(above => above !== undefined)
    .flatMap(above => propertiesOf(above).map(property => ({ declaredBy: above.name, ...property })));
  return [...type.properties ?? [], ...inherited];
}

/** Whether a value of the type is a construct, which has a place in the tree and lives on in the program. */
export function isConstruct(type: Type): boolean {
  return isA(type, 'constructs.Construct') || isA(type, 'constructs.IConstruct');
}

function callables(owner: Type): Callable[] {
  const made: Callable[] = [];
  if (owner.kind === 'class' && owner.initializer && !owner.abstract) {
    made.push({ name: `new ${owner.name}`, kind: 'new', owner, member: '', parameters: owner.initializer.parameters ?? [], returns: { fqn: owner.fqn } });
  }
  for (const { name, static: isStatic, const: isConst, type } of owner.properties ?? []) {
    if (isStatic && isConst) made.push({ name: `${owner.name}.${name}`, kind: 'const', owner, member: name, parameters: [], returns: type });
  }
  for (const method of owner.methods ?? []) {
    if (method.protected) continue;
    const kind = method.static ? 'static' : 'method';
    made.push({ name: `${owner.name}.${method.name}`, kind, owner, member: method.name, parameters: method.parameters ?? [], returns: method.returns?.type });
  }
  return made;
}

/** Everything public that can be called. */
export const CALLABLES: readonly Callable[] = [...TYPES.values()].flatMap(callables);

const takesPlace = ({ parameters: [scope, id] }: Callable) => scope?.type.fqn === 'constructs.Construct' && id?.name === 'id';

/** What makes constructs: classes and factories that take a scope and an id. */
export const MAKERS = CALLABLES.filter(callable => callable.kind !== 'method' && takesPlace(callable));

/** What a program can do: make constructs, and call whatever there is to call on an object or for a construct. */
export const STEPS = CALLABLES.filter(callable => MAKERS.includes(callable) || callable.kind === 'method'
  || (callable.kind === 'static' && typeOf(callable.returns ?? {}) !== undefined && isConstruct(typeOf(callable.returns!)!))
  || (callable.kind === 'static' && callable.returns === undefined));

/** Caches the result of a function for each text: thousands of programs ask the same. */
export function once<T>(say: (text: string) => T): (text: string) => T {
  const said = new Map<string, T>();
  return text => (said.has(text) ? said : said.set(text, say(text))).get(text)!;
}

/** The ways to a value of a type: factories and constants where there are some, else the methods that return it. */
export const producers = once((fqn: string): Callable[] => {
  const fits = CALLABLES.filter(({ returns }) => returns?.fqn !== undefined && TYPES.has(returns.fqn) && isA(TYPES.get(returns.fqn)!, fqn));
  const methods = fits.filter(({ kind, member }) => kind === 'method' && member !== 'toRouteTarget');
  // What a factory does not give, a method has to: the version of a service is a target as well.
  const own = fits.filter(callable => callable.kind !== 'method' && !isConstruct(typeOf(callable.returns!)!));
  const missing = methods.filter(({ returns }) => !own.some(other => other.returns!.fqn === returns!.fqn));
  return [...own, ...missing];
});

/** Whether constructs may be of the type, so that one from the program will do. */
export const hasConstructs = once((fqn: string): boolean => MAKERS.some(({ returns }) => isA(typeOf(returns!)!, fqn)));

/** Everything that has to be used: each public prop, factory, construct, method and enum member. */
export const PUBLIC: readonly string[] = [...new Set([
  ...CALLABLES.map(({ name }) => name),
  ...[...TYPES.values()].flatMap(({ name, properties = [] }) => properties.filter(p => !p.static).map(p => `${name}.${p.name}`)),
  ...[...TYPES.values()].flatMap(({ name, members = [] }) => members.map(member => `${name}.${member.name}`)),
])].sort();
