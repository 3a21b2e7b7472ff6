import { APP } from './app';
import { Group } from './group';
import { MESHES } from './meshes';
import { PACKAGE } from './package';
import { PROCESSES, REQUIRE } from './processes';

/** All groups, in the order of the page. */
export const GROUPS: Group[] = [...MESHES, PROCESSES, REQUIRE, PACKAGE, APP];
