import { rmSync } from 'node:fs';

/** After the parts of the property test. */
export default function teardown(): void {
  rmSync(process.env.PROPERTY_TALLIES!, { recursive: true });
}
