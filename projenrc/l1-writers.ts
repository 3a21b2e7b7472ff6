/** A function of `cdk8s import` that converts props to JSON. It copies the object once for each field. */
const FUNCTION = new RegExp([
  '^export function (?<name>toJson_\\w+)\\(obj: (?<type>\\w+) \\| undefined\\): Record<string, any> \\| undefined \\{',
  '  if \\(obj === undefined\\) \\{ return undefined; \\}',
  '  const result = \\{',
  '(?<fields>(?:    .*\\n)*)  \\};',
  '  // filter undefined values',
  '  return Object\\.entries\\(result\\)\\.reduce\\(.*\\);',
  '\\}$',
].join('\n'), 'gm');

/** A field of such a function: its name in JSON, and its value. */
const FIELD = /^    '(?<name>\w+)': (?<value>.*),$/;

/** The value of a field with free keys: its place in the props, and the function for its values, if they are objects. */
const MAP = new RegExp('^\\(\\((?<map>obj\\.\\w+)\\) === undefined\\) \\? undefined : \\(Object\\.entries\\(obj\\.\\w+\\)\\.reduce\\(\\(r, i\\) => '
  + '\\(i\\[1\\] === undefined\\) \\? r : \\(\\{ \\.\\.\\.r, \\[i\\[0\\]\\]: (?:i\\[1\\]|(?<write>toJson_\\w+)\\(i\\[1\\]\\)) \\}\\), \\{\\}\\)\\)$');

/** The object of a class, in `manifest` and in `toJson`: the kind and the props, copied into one object. */
const OBJECT = /return \{\n\s+\.\.\.(\w+\.GVK),\n\s+\.\.\.(toJson_\w+Props)\((\w+)\),\n\s+\};/g;

/** The props of a constructor. A spread in front of other keys makes a hidden class of V8 for each object, which is larger and slower than the object. */
const PROPS = /super\(scope, id, \{\n\s+\.\.\.(\w+\.GVK),\n\s+\.\.\.props,\n\s+\}\);/g;

/**
 * The generated classes, but each object is written once: the same keys in the same order, without those that are undefined.
 *
 * @throws if `cdk8s import` writes something else than what this file knows
 */
export function writeOnce(text: string): string {
  const written = text.replace(FUNCTION, withStatements)
    .replace(OBJECT, 'return $2($3, { apiVersion: $1.apiVersion, kind: $1.kind });')
    .replace(PROPS, 'super(scope, id, { apiVersion: $1.apiVersion, kind: $1.kind, ...props });');
  if (/\.reduce\(|\.\.\.toJson_|\.\.\.\w+\.GVK/.test(written)) {
    throw new Error('`cdk8s import` writes functions of another form');
  }
  return written;
}

/** The same function with a statement for each field. That of a class also takes the object with its kind. */
function withStatements(...args: unknown[]): string {
  const { name, type, fields } = args[args.length - 1] as { name: string; type: string; fields: string };
  const isClass = name.endsWith('Props');
  return [
    `export function ${name}(obj: ${type} | undefined${isClass ? ', result: Record<string, any> = {}' : ''}): Record<string, any> | undefined {`,
    '  if (obj === undefined) { return undefined; }',
    ...isClass ? [] : ['  const result: Record<string, any> = {};'],
    '  let value: any;',
    ...fields.trimEnd().split('\n').flatMap(statements),
    '  return result;',
    '}',
  ].join('\n');
}

function statements(line: string): string[] {
  const { name, value } = FIELD.exec(line)!.groups!;
  return [`  value = ${once(value)};`, `  if (value !== undefined) { result['${name}'] = value; }`];
}

/** `Object.fromEntries` also keeps a key `__proto__`. */
function once(value: string): string {
  const { map, write } = MAP.exec(value)?.groups ?? {};
  if (map === undefined) {
    return value;
  }
  const entries = `Object.entries(${map}).filter(i => i[1] !== undefined)`;
  return `${map} === undefined ? undefined : Object.fromEntries(${write === undefined ? entries : `${entries}.map(i => [i[0], ${write}(i[1])])`})`;
}
