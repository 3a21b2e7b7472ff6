import { charts } from './charts';
import { edge } from './edge';
import { hosts } from './hosts';
import { hub } from './hub';
import { large } from './large';
import { Program } from './program';
import { routes } from './routes';
import { small } from './small';

/** All programs, by name. */
export const PROGRAMS = { small, large, edge, charts, hosts, routes, hub } satisfies Record<string, Program>;

/** The name of a program. */
export type ProgramName = keyof typeof PROGRAMS;
