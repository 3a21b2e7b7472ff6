import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, AppProps, YamlOutputType } from 'cdk8s';
import fc from 'fast-check';
import { build, PROGRAMS } from './random-app';
import { option } from '../helpers/option';
import { MeshApp } from 'cdk8s-istio';

/** Random Apps to compare. More of them: `APPS=100000 npx jest test/synthesis`. */
const APPS = Number(process.env.APPS ?? 300);

/** What a call returns, or the error that it throws. */
function outcome<T>(call: () => T): T | string {
  try {
    return call();
  } catch (e) {
    return String(e);
  }
}

/** Whether the App is refused where cdk8s would print text that Kubernetes reads as another value, or where a value cannot be printed. With two errors, cdk8s may meet the other one first. */
function isUnprintable(own: unknown): boolean {
  return /IM1016|Tag not resolved/.test(String(own));
}

/** The files that an App writes, and its error. */
function written(type: new (props: AppProps) => App, props: AppProps, program: Parameters<typeof build>[2]): unknown {
  const outdir = mkdtempSync(join(tmpdir(), 'same-'));
  try {
    const error = outcome(() => build(type, { ...props, outdir }, program).synth());
    const files = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).sort()
      .map(file => [file, statSync(join(outdir, file)).isFile() ? readFileSync(join(outdir, file), 'utf8') : undefined]);
    return error === undefined ? files : error; // after an error, cdk8s leaves some files
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

option('MeshApp.synthYaml', 'returns the same text as that of cdk8s, or throws the same error', () => {
  let texts = 0;
  fc.assert(fc.property(PROGRAMS, program => {
    const [own, theirs] = [MeshApp, App].map(type => outcome(() => build(type, {}, program).synthYaml()));
    if (![own, theirs].some(isUnprintable)) {
      texts += theirs.startsWith('Error') ? 0 : 1;
      expect(own).toBe(theirs);
    }
  }), { numRuns: APPS });
  expect(texts).toBeGreaterThan(APPS / 3);
});

describe.each([YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE])('with output type %s', yamlOutputType => {
  option('MeshApp.synth', 'writes the same files', () => {
    fc.assert(fc.property(PROGRAMS, fc.boolean(), (program, recordConstructMetadata) => {
      const [own, theirs] = [MeshApp, App].map(type => written(type, { yamlOutputType, recordConstructMetadata }, program));
      if (![own, theirs].some(isUnprintable)) {
        expect(own).toEqual(theirs);
      }
    }), { numRuns: APPS / 10 });
  });
});
