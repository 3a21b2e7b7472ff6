import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';
import { parseAllDocuments } from 'yaml';

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The texts of the README's code blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(match => match[1] === language).map(match => match[2]);
}

const [program, mistake] = blocks('ts');
const [manifests] = blocks('yaml');
const [message] = blocks('');

/** What the compiler has to say about a file of this text among the project's own. */
function diagnostics(text: string): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.dev.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const file = join(ROOT, 'test', 'readme-block.ts');
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = name => (name === file ? text : readFile.call(host, name));
  host.fileExists = name => name === file || fileExists.call(host, name);
  const compiled = ts.createProgram([file], { ...options, noEmit: true, noUnusedLocals: false }, host);
  return ts.getPreEmitDiagnostics(compiled).map(diagnostic => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

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
  expect(diagnostics(program)).toEqual([]);
  expect(diagnostics(program.replace('app.synth();', mistake))).toEqual([]);
});

test('the code of the README makes the YAML shown, and as many objects as it says', () => {
  const written = run(program);
  expect(written).toContain(manifests);
  const kinds = parseAllDocuments(written).map(document => document.toJS().kind);
  expect(kinds).toEqual([
    'Namespace', 'PeerAuthentication', 'Service', 'ServiceAccount', 'Deployment', 'Deployment',
    'DestinationRule', 'VirtualService', 'Gateway', 'VirtualService',
  ]);
  expect(README).toContain('They make ten objects');
});

test('the mistake of the README earns the message shown', () => {
  const wrong = program.replace(/^new CanarySplit\(.*$/m, mistake.trimEnd());
  expect(wrong).not.toBe(program);
  expect(() => run(wrong)).toThrow(new Error(message.trimEnd()));
});

test('every file that the README links to is there', () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(match => match[1]);
  expect(links.length).toBeGreaterThan(4);
  links.forEach(link => expect(readdirSync(join(ROOT, link, '..'))).toContain(link.split('/').pop()));
});
