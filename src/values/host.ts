import { isDnsName } from './names';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** Whether a host is a pattern: `*`, or `*.` before a DNS name. */
export function isPattern(host: string): boolean {
  return host.startsWith('*');
}

/** The host, if it is a DNS name without a star. */
export function hostName(host: unknown, at: Located | string): string {
  if (typeof host === 'string' && host.includes('*')) {
    throw new MeshError('IM0105', at, {
      problem: 'a host name cannot have a wildcard here',
      got: host,
      allowed: 'a DNS name such as www.example.com',
    });
  }
  // The library of constructs finds a child of the last name in every construct.
  if (!isDnsName(host) || isAddress(host) || host === 'constructor') {
    throw new MeshError('IM0104', at, { problem: 'the host is no DNS name', got: host, allowed: 'a DNS name such as www.example.com' });
  }
  return host;
}

/** The host, if it is a DNS name or one of the two patterns that Istio knows. */
export function hostPattern(host: unknown, at: Located | string): string {
  if (typeof host !== 'string' || !host.includes('*')) {
    return hostName(host, at);
  }
  if (host !== '*' && !(host.startsWith('*.') && isDnsName(host.slice(2)))) {
    throw new MeshError('IM0105', at, {
      problem: 'the wildcard is in the wrong place',
      got: host,
      allowed: '*, or *. before a DNS name such as *.example.com',
    });
  }
  return host;
}

/** The host or pattern, if a gateway can serve it: Istio refuses names of one label there, and takes them for services elsewhere. */
export function gatewayHost(host: unknown, at: Located | string): string {
  const pattern = hostPattern(host, at);
  if (pattern !== '*' && !pattern.includes('.')) {
    throw new MeshError('IM0104', at, { problem: 'a gateway serves no name without a dot', got: host, allowed: 'a DNS name such as www.example.com, or *' });
  }
  return pattern;
}

/** Whether every host that `inner` stands for is also one of `outer`. Istio's "subset of". */
export function covers(outer: string, inner: string): boolean {
  if (!isPattern(outer)) {
    return outer === inner;
  }
  return inner.endsWith(outer.slice(1)) && (isPattern(inner) || inner.length > outer.length - 1);
}

/** The order of hosts and patterns of which one may cover another, the narrower first: `a.example.com` is no longer than `*.example.com`. */
export function byNarrowness(one: string, other: string): number {
  return Number(isPattern(one)) - Number(isPattern(other)) || other.length - one.length;
}

/** Four numbers and dots are a valid DNS name, and never what a client resolves. */
function isAddress(host: string): boolean {
  return /^\d+(\.\d+){3}$/.test(host);
}
