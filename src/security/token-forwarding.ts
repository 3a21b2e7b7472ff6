import { JwtIssuer } from './jwt-issuer';
import { samePods } from './policy-rules';
import { demandsAround, factsOf, neighboursOf, TokenDemand } from './token-demand';
import { MeshError } from '../diagnostics/mesh-error';
import { Call, callsIn } from '../services/calls/recorded-calls';
import { arePods, isGateway } from '../services/workloads/gateway-pods';

/**
 * Refuses a gateway that keeps tokens from services which ask for them. The gateway's pods look at every request, whatever its host: they take a
 * token that they know out of it unless they are told to hand it on, and refuse one that they do not know.
 */
export function checkForwarded(demand: TokenDemand): void {
  const mine = factsOf(demand);
  if (!mine || !isGateway(demand.target._of)) {
    return;
  }
  const known = [demand, ...neighboursOf(demand)].flatMap(({ issuers }) => issuers);
  const led = callsIn(demand.at).filter(({ caller }) => caller.construct && arePods(mine, caller.construct));
  const behind = demandsAround(demand.at).filter(({ target }) => !isGateway(target._of));
  for (const edge of led) {
    const asking = behind.find(other => asks(other, edge) && !other.issuers.some(issuer => arrives(issuer, known)));
    if (asking) {
      const names = asking.issuers.map(({ issuer }) => issuer);
      const stripped = names.filter(name => known.some(({ issuer }) => issuer === name));
      throw new MeshError('IM1827', demand.at, {
        problem: stripped.length > 0
          ? `${edge.callee.name} asks for the token as well, by ${asking.at.node.path}, and the gateway takes it out of the request`
          : `${edge.callee.name} asks for a token of another issuer, by ${asking.at.node.path}, and the gateway refuses it with 401`,
        got: names,
        ...stripped.length > 0 ? { next: `let JwtIssuer.of({ issuer: '${stripped[0]}', … }) at the gateway say \`forwardToken: true\`` } : {},
      });
    }
  }
}

/** Whether the called pods have requests that pass with a token alone. */
function asks(demand: TokenDemand, { callee, port }: Call): boolean {
  const its = factsOf(demand);
  const { pods: called } = callee;
  const pods = called && { ...called, root: false, podLabels: called.labels, places: [] };
  return its !== undefined && pods !== undefined && (!demand.optional || demand.rules.length > 0)
    && samePods(its, pods) && its.places.some(({ ports }) => ports.includes(String(port.targetPort)));
}

/** Whether the gateway lets a token of the issuer through: it hands it on, or does not look where it is. */
function arrives(issuer: JwtIssuer, known: JwtIssuer[]): boolean {
  const looked = known.flatMap(({ _places }) => _places);
  const seen = (place: string) => looked.some(its => its.startsWith(place) || place.startsWith(its));
  return known.some(its => its.issuer === issuer.issuer && its._forwards) || !issuer._places.every(seen);
}
