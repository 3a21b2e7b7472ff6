import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { blocks, diagnostics } from './helpers/compile';

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const [program, mistake] = blocks(README, 'ts');
const [manifests] = blocks(README, 'yaml');
const [message] = blocks(README, '');

/** Runs a program as a user would, and returns the text of what it wrote. */
function run(text: string): string {
  const out = mkdtempSync(join(tmpdir(), 'readme-'));
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = out;
  try {
    const code = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } }).outputText;
    new Function('require', 'exports', code)((name: string) => jest.requireActual(name), {});
    return readdirSync(out).sort().map(file => readFileSync(join(out, file), 'utf8')).join('---\n');
  } finally {
    process.env.CDK8S_OUTDIR = before;
    if (before === undefined) {
      delete process.env.CDK8S_OUTDIR;
    }
    rmSync(out, { recursive: true });
  }
}

test('the code of the README compiles, the mistake included', () => {
  expect(diagnostics(program, program.replace('app.synth();', mistake))).toEqual([[], []]);
});

test('the code of the README makes the YAML shown, and as many objects as it says', () => {
  const written = run(program);
  expect(written).toContain(manifests);
  const kinds = parseAllDocuments(written).map(document => document.toJS().kind);
  expect(kinds).toEqual([
    'Namespace', 'ServiceAccount', 'Service', 'Deployment', 'Deployment',
    'DestinationRule', 'Gateway', 'VirtualService', 'VirtualService', 'PeerAuthentication',
  ]);
  expect(README).toContain('The program creates ten objects');
});

test('the mistake of the README earns the message shown', () => {
  const wrong = program.replace(/^new CanarySplit\(.*$/m, mistake.trimEnd());
  expect(wrong).not.toBe(program);
  expect(() => run(wrong)).toThrow(new Error(message.trimEnd()));
});
