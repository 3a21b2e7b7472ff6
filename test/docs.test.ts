import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as cdk8s from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { blocks, diagnostics } from './helpers/compile';
import * as library from 'cdk8s-istio';

const DOCS = join(__dirname, '..', 'docs');
const PAGES = readdirSync(DOCS).filter(file => file.endsWith('.md')).sort();
const PACKAGES: [string, object][] = [['cdk8s-istio', library], ['cdk8s', cdk8s], ['cdk8s-plus-28', plus]];

/** What snippets take for granted: each page says more by itself. */
const GIVEN = {
  app: 'App', chart: 'Chart', namespace: 'MeshNamespace', edge: 'MeshGateway', reviews: 'MeshService', ratings: 'MeshService', prometheus: 'StatefulMeshService',
};

/** The snippets of a page as one file, with imports of what they name. */
function program(page: string): string {
  const snippets = blocks(page, 'ts').join('\n');
  const body = Object.entries(GIVEN).filter(([name]) => !new RegExp(`(const|let) ${name}\\b`).test(snippets))
    .map(([name, type]) => `declare const ${name}: ${type};\n`).join('') + snippets;
  const words = new Set(body.match(/\b[A-Z]\w+/g) ?? []);
  const taken = new Set<string>();
  const imports = PACKAGES.map(([name, exports]) => {
    const used = Object.keys(exports).filter(each => words.has(each) && !taken.has(each));
    used.forEach(each => taken.add(each));
    return `import { ${used.join(', ')} } from '${name}';\n`;
  });
  return imports.join('') + body;
}

test('the TypeScript of the pages compiles, and what would not is noticed', () => {
  const wrong = '```ts\nnew MeshGateway(namespace, \'edge\', { workloads: GatewayWorkload.ingress() });\n```';
  const [mistaken, ...said] = diagnostics(program(wrong), ...PAGES.map(file => program(readFileSync(join(DOCS, file), 'utf8'))));
  expect(mistaken).toHaveLength(1);
  expect(Object.fromEntries(PAGES.map((file, i) => [file, said[i]]))).toEqual(Object.fromEntries(PAGES.map(file => [file, []])));
});

test.each(PAGES)('every file that docs/%s links to is there', file => {
  const links = [...readFileSync(join(DOCS, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g)].map(match => match[1]);
  expect(links.filter(link => !existsSync(join(dirname(join(DOCS, file)), link)))).toEqual([]);
});
