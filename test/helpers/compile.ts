import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/** The texts of a page's code blocks of a language, in order. */
export function blocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(match => match[1] === language).map(match => match[2]);
}

/** What the compiler has to say about files of these texts among the project's own, each by itself. */
export function diagnostics(...texts: string[]): string[][] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.dev.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const files = new Map(texts.map((text, i) => [join(ROOT, 'test', `compiled-text-${i}.ts`), `${text}\nexport {};\n`]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = name => files.get(name) ?? readFile.call(host, name);
  host.fileExists = name => files.has(name) || fileExists.call(host, name);
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true, noUnusedLocals: false }, host);
  return [...files.keys()].map(name => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      .map(diagnostic => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  });
}
