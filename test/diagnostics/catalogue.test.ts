import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../../src/diagnostics/catalogue';

const SRC = join(__dirname, '..', '..', 'src');
const CATALOGUE_FILE = join('diagnostics', 'catalogue.ts');

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => ({ file, text: readFileSync(join(SRC, file), 'utf8') }));
const entries = Object.entries(CATALOGUE);

describe('every entry', () => {
  test.each(entries)('%s says what, why and what next', (code, entry) => {
    expect(code).toMatch(/^IM\d{4}$/);
    expect(Object.keys(entry).filter(key => key !== 'istio').sort()).toEqual(['cause', 'level', 'remedy', 'title']);
    expect(['error', 'warning', 'info']).toContain(entry.level);
    // A title and a remedy are clauses, put into sentences; a cause is made of sentences.
    expect(entry.title).toMatch(/^[^A-Z\s].*[^.\s]$/);
    expect(entry.remedy).toMatch(/^[^A-Z\s].*[^.\s]$/);
    expect(entry.cause).toMatch(/^\S.*\.$/);
    expect(Object.isFrozen(entry)).toBe(true);
  });

  test('codes of istioctl have its form', () => {
    const codes = entries.flatMap(([, { istio }]) => (istio === undefined ? [] : [istio]));
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter(code => !/^IST\d{4}$/.test(code))).toEqual([]);
  });

  test('no code is written twice in the source', () => {
    const texts = sources.filter(({ file }) => file.startsWith(CATALOGUE_FILE.replace(/\.ts$/, '')));
    const written = texts.flatMap(({ text }) => [...text.matchAll(/^ {2}(IM\d{4}):/gm)].map(([, code]) => code));
    expect([...written].sort()).toEqual(entries.map(([code]) => code).sort());
  });

  test('no two entries have one title', () => {
    const titles = entries.map(([, { title }]) => title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });
});

describe('the sources', () => {
  const thrown = new Set(sources.filter(({ file }) => file !== CATALOGUE_FILE).flatMap(({ text }) => [...text.matchAll(/'(IM\d{4})'/g)].map(([, code]) => code)));
  const documented = sources.flatMap(({ file, text }) => [...text.matchAll(/\bIM\d{4}\b/g)].map(([code]) => ({ file, code })));

  test('use every code that is not retired', () => {
    expect(entries.filter(([code, { title }]) => !thrown.has(code) && !title.includes('retired')).map(([code]) => code)).toEqual([]);
  });

  test('use no retired code', () => {
    expect(entries.filter(([code, { title }]) => thrown.has(code) && title.includes('retired')).map(([code]) => code)).toEqual([]);
  });

  test('name no code that there is not, in code or comment', () => {
    expect(documented.length).toBeGreaterThan(100);
    expect(documented.filter(({ code }) => !(code in CATALOGUE))).toEqual([]);
  });
});
