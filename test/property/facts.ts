import { certificates } from './facts/certificates';
import { egress } from './facts/egress';
import { jobs } from './facts/jobs';
import { matches } from './facts/matches';
import { mesh } from './facts/mesh';
import { names } from './facts/names';
import { pods } from './facts/pods';
import { resilience } from './facts/resilience';
import { routes } from './facts/routes';
import { security } from './facts/security';
import { servers } from './facts/servers';
import { services } from './facts/services';
import { settings } from './facts/settings';
import { splits } from './facts/splits';
import { tls } from './facts/tls';
import { workloads } from './facts/workloads';
import { Knowledge } from './knowledge';

const ALL: Knowledge[] = [
  names, services, pods, splits, servers, tls, certificates, workloads, egress, jobs, mesh, matches, routes, settings, resilience,
  security,
];

/** All that is known, in one table for each kind. Each slot has one entry. */
function joined<K extends keyof Knowledge>(kind: K): NonNullable<Knowledge[K]> {
  const entries = ALL.flatMap(part => Object.entries(part[kind] ?? {}));
  const twice = entries.map(([name]) => name).find((name, i, all) => all.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${kind}: ${twice} is defined twice`);
  return Object.fromEntries(entries) as NonNullable<Knowledge[K]>;
}

export const FACTS = joined('facts');
export const ORDER = joined('order');
export const FORCED = joined('forced');
export const GUARDS = joined('guards');
export const NOTES = joined('notes');
