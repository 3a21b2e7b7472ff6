import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { elsewhere } from './elsewhere';
import { Plan } from './plan';
import { programOf, run } from './program';
import { questions } from './questions';

/**
 * Writes a folder that the conformance harness can judge: manifests, requests.yaml, and the program for a reader.
 *
 * Whatever the library refuses comes through, and nothing is written then.
 */
export function write(plan: Plan, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const manifests = join(folder, 'manifests');
  run(plan, manifests).synth();
  mkdirSync(manifests, { recursive: true });
  const others = elsewhere(plan);
  if (others.length > 0) writeFileSync(join(manifests, 'elsewhere.yaml'), Yaml.stringify(...others));
  const plain = JSON.parse(JSON.stringify(questions(plan))) as object;
  writeFileSync(join(folder, 'requests.yaml'), Yaml.stringify(plain));
  writeFileSync(join(folder, 'plan.json'), `${JSON.stringify(plan, undefined, 1)}\n`);
  writeFileSync(join(folder, 'main.ts'), programOf(plan));
}
