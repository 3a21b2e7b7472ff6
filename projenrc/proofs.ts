/** The calls of a test helper such as `option('Struct.property', 'title', ...)`, read from the source of the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

/** One call of the helper. */
export interface Proof {
  /** The first two arguments of the call. */
  readonly texts: readonly [string, string];
  readonly file: string;
}

export const ROOT = join(__dirname, '..');

/** The calls of a helper in all tests, file by file and in their order. */
export function proofs(helper: string): Proof[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map(path => `test/${path.replace(/\\/g, '/')}`)
    .filter(path => path.endsWith('.test.ts'))
    .sort()
    .flatMap(file => calls(helper, file));
}

function calls(helper: string, file: string): Proof[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Proof[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === helper) {
      const [one, two] = node.arguments;
      if (!ts.isStringLiteral(one) || !ts.isStringLiteral(two)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        throw new Error(`${file}:${line + 1}: the first two texts of ${helper}() are read from the source, so they have to be string literals.`);
      }
      found.push({ texts: [one.text, two.text], file });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A text as a cell of a table. */
export function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/</g, '&lt;');
}
