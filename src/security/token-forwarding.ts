import { JwtIssuer } from './jwt-issuer';
import { samePods } from './policy-rules';
import { demandsAround, attributesOf, neighboursOf, TokenDemand } from './token-demand';
import { MeshError } from '../diagnostics/mesh-error';
import { Call, callsIn } from '../services/calls/recorded-calls';
import { arePods, isGateway } from '../services/workloads/gateway-pods';

/**
 * Refuses a gateway that removes tokens which services need. The gateway's pods check every request, for any host: they remove tokens of known issuers
 * without `forwardToken`, and refuse tokens of unknown issuers.
 */
export function checkForwarded(demand: TokenDemand): void {
  const own = attributesOf(demand);
  if (!own || !isGateway(demand.target._of)) {
    return;
  }
  const known = [demand, ...neighboursOf(demand)].flatMap(({ issuers }) => issuers);
  const led = callsIn(demand.at).filter(({ caller }) => caller.construct && arePods(own, caller.construct));
  const behind = demandsAround(demand.at).filter(({ target }) => !isGateway(target._of));
  for (const call of led) {
    const demanding = behind.find(other => needsToken(other, call) && !other.issuers.some(issuer => arrives(issuer, known)));
    if (demanding) {
      const names = demanding.issuers.map(({ issuer }) => issuer);
      const stripped = names.filter(name => known.some(({ issuer }) => issuer === name));
      throw new MeshError('IM1827', demand.at, {
        problem: stripped.length > 0
          ? `${call.callee.name} also needs the token, by ${demanding.at.node.path}, but the gateway removes it from the request`
          : `${call.callee.name} needs a token of another issuer, by ${demanding.at.node.path}, but the gateway refuses it with 401`,
        got: names,
        ...stripped.length > 0 ? { next: `set \`forwardToken: true\` in JwtIssuer.of({ issuer: '${stripped[0]}', … }) of the gateway` } : {},
      });
    }
  }
}

/** Whether the called pods require a token for some requests. */
function needsToken(demand: TokenDemand, { callee, port }: Call): boolean {
  const attributes = attributesOf(demand);
  const { pods: called } = callee;
  const pods = called && { ...called, root: false, podLabels: called.labels, places: [] };
  return attributes !== undefined && pods !== undefined && (!demand.optional || demand.rules.length > 0)
    && samePods(attributes, pods) && attributes.places.some(({ ports }) => ports.includes(String(port.targetPort)));
}

/** Whether the gateway forwards tokens of the issuer, or does not check their location. */
function arrives(issuer: JwtIssuer, known: JwtIssuer[]): boolean {
  const checked = known.flatMap(({ _places }) => _places);
  const seen = (place: string) => checked.some(each => each.startsWith(place) || place.startsWith(each));
  return known.some(each => each.issuer === issuer.issuer && each._forwards) || !issuer._places.every(seen);
}
