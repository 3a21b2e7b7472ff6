import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { CATALOGUE } from '../src/diagnostics/catalogue';

const ROOT = join(__dirname, '..');
const PAGES = ['API.md', 'docs/istio-fields.md', ...readdirSync(join(ROOT, 'docs', 'api')).sort().map(file => `docs/api/${file}`)];
/** What code hosts still render. */
const LARGEST = 300_000;

const text = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** The anchors of a page, as code hosts derive them from its headings. */
function anchors(page: string): string[] {
  return [...text(page).replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\w -]/g, '').replace(/ /g, '-'));
}
const known = new Map<string, string[]>();
const anchorsOf = (page: string) => known.get(page) ?? known.set(page, anchors(page)).get(page)!;

test.each(PAGES)('every link of %s leads to a file, and to a heading of it', page => {
  const links = [...text(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, file, anchor]) => ({ file, anchor }));
  const dead = links.filter(({ file, anchor }) => {
    const target = file === '' ? page : normalize(join(dirname(page), file));
    return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(links.length).toBeGreaterThan(0);
  expect(dead).toEqual([]);
});

test.each(PAGES)('%s is small enough to be rendered, and has no heading twice', page => {
  expect(statSync(join(ROOT, page)).size).toBeLessThan(LARGEST);
  expect(anchorsOf(page).filter((anchor, i, all) => all.indexOf(anchor) < i && anchor !== 'errors')).toEqual([]);
});

test('every error of the catalogue has a heading', () => {
  expect(anchorsOf('docs/api/errors.md').filter(anchor => /^im\d+$/.test(anchor))).toEqual(Object.keys(CATALOGUE).map(code => code.toLowerCase()).sort());
});
