import { Construct } from 'constructs';
import { EgressPort } from './egress-port';
import { MeshCluster } from '../../kernel/mesh-cluster';

/** The Secret with a client certificate of the first port that has one. */
export function clientSecret(ports: EgressPort[]): string | undefined {
  return ports.find(({ remoteTls }) => remoteTls?._secret)?.remoteTls?._secret;
}

/** Records that the Secrets with client certificates must exist in a namespace. */
export function referToSecrets(route: Construct, ports: EgressPort[], namespace: string): void {
  const secrets = new Set(ports.flatMap(({ remoteTls }) => remoteTls?._secret ?? []));
  secrets.forEach(secret => MeshCluster.of(route)._refersTo('Secret', namespace, secret, route));
}
