import { createRequire } from 'node:module';
import { App } from 'cdk8s';
import { measured } from './measured';
import { appOf, Library, Program } from '../programs/program';

/** A main.js of a user of the library: `node library.js PACKAGE PROGRAM SIZE FOLDER`. */
const [, , path, program, size, outdir] = process.argv;
const load = createRequire(__filename);
const library: Library = load(path);

measured((): App => {
  const app = appOf(library, { outdir });
  const { [program]: { build } }: Record<string, Program> = load(`../programs/${program}`);
  build(library, app, Number(size));
  return app;
});
