import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import compileLibrary from '../helpers/compile-library';

/** Before the parts of the property test: the assembly that they read, and a folder where each part leaves what it has counted. */
export default function setup(): void {
  compileLibrary();
  process.env.PROPERTY_TALLIES = mkdtempSync(join(tmpdir(), 'tallies-'));
}
