import { JwtIssuer } from './jwt-issuer';
import { attributesOf, demandsFor, neighboursOf, TokenDemand } from './token-demand';
import { MeshError } from '../diagnostics/mesh-error';
import { callsOfGatewayPods } from '../services/calls/gateway-calls';
import { Call } from '../services/calls/recorded-calls';
import { isGateway } from '../services/workloads/gateway-pods';

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
  const checked = [...new Set(known.flatMap(({ _places }) => _places))];
  for (const call of callsOfGatewayPods(demand.at, own)) {
    const misses = (other: TokenDemand) => !other.issuers.some(issuer => arrives(issuer, known, checked));
    const demanding = demandsBehind(demand, call).find(other => needsToken(other, call) && misses(other));
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

/** The demands for services with the called pods. */
function demandsBehind({ at }: TokenDemand, { callee: { pods } }: Call): TokenDemand[] {
  return pods ? demandsFor(at, { ...pods, root: false, podLabels: pods.labels }).filter(({ target }) => !isGateway(target._of)) : [];
}

/** Whether the called pods require a token for some requests. */
function needsToken(demand: TokenDemand, { port }: Call): boolean {
  return (!demand.optional || demand.rules.length > 0) && attributesOf(demand)!.places.some(({ ports }) => ports.includes(String(port.targetPort)));
}

/** Whether the gateway forwards tokens of the issuer, or does not check their location. */
function arrives(issuer: JwtIssuer, known: JwtIssuer[], checked: string[]): boolean {
  const seen = (place: string) => checked.some(each => each.startsWith(place) || place.startsWith(each));
  return known.some(each => each.issuer === issuer.issuer && each._forwards) || !issuer._places.every(seen);
}
