import { execFileSync } from 'node:child_process';
import { Work } from '../measure';
import { LIBRARY } from '../sides';
import { EARLIER, Group } from './group';

/** Bytes of a megabyte. */
const MEGABYTE = 1_000_000;

const packed = (name: string) => ({ work: `packed tarball, ${name}`, figure: 'bytes' });

/** The size of the package that users download. */
export const PACKAGE: Group = {
  name: 'package',
  rounds: 1,
  rows: [
    { name: 'packed tarball, in MB', of: packed(LIBRARY), share: MEGABYTE },
    { name: `packed tarball, beside ${EARLIER}`, of: packed(LIBRARY), to: packed(EARLIER) },
  ],
  works: ({ library, earlier }): Work[] => [[LIBRARY, library], [EARLIER, earlier]].map(([name, folder]) => ({
    name: packed(name).work,
    take: () => {
      const [{ size }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], {
        cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
      }));
      return { figures: { bytes: size } };
    },
  })),
};
