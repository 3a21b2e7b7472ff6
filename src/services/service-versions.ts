import { IServiceAccount, ServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MeshVersion } from './pods/mesh-version';
import { makeWorkload, VersionWorkload } from './pods/version-workload';
import { takeWorkload } from './pods/wrapped-pods';
import { checkedVersionName } from './service-parts';
import { MeshError } from '../diagnostics/mesh-error';
import { podsName } from '../kernel/naming';
import { registryOf } from '../kernel/registry';
import { extended } from '../values/extended';
import { Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';

/** A service whose versions the App creates. */
export interface VersionedService extends Construct {
  readonly serviceName: string;
  readonly namespace: string;
  readonly podLabels: Labels;
}

/** The versions of a service, by name. */
export type Versions = { readonly [name: string]: MeshVersion };

/** The Deployments of a service, by version. */
export type VersionWorkloads = { readonly [version: string]: VersionWorkload };

class DeploymentRegistry {
  /** Versions by the name of their Deployment. Written by `MeshService`. Complete in the constructor of each service. */
  public readonly deployments = new Map<string, Construct>();
}

/** The names of the versions. */
export function checkedVersions(versions: Versions, at: Construct): string[] {
  const names = Object.keys(versions).map(name => checkedVersionName(name, at));
  if (names.length === 0) {
    throw new MeshError('IM1103', at, { problem: 'the service has no version', got: versions });
  }
  return names;
}

/** Creates the Deployments of a service and their identities: one for all versions, or one for each. */
export function makeVersions(service: VersionedService, versions: Versions, ports: MeshPort[], accountPerVersion: boolean): VersionWorkloads {
  const needsAccount = Object.values(versions).some(({ _options }) => _options && !_options.serviceAccount);
  const shared = needsAccount && !accountPerVersion ? makeAccount(service, service, service.serviceName) : undefined;
  return Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, makeVersion(service, name, version, ports, shared)]));
}

function makeVersion(
  service: VersionedService, version: string, { _options: options, _deployment: deployment }: MeshVersion, ports: MeshPort[],
  shared?: IServiceAccount,
): VersionWorkload {
  const scope = new Construct(service, version);
  const { serviceName, namespace, podLabels } = service;
  const name = `${serviceName}-${version}`;
  const setting = { name, namespace, selector: extended(podLabels, { version }), ports };
  if (deployment) {
    return takeWorkload(scope, setting, deployment);
  }
  checkFree(service, scope, version, name);
  return makeWorkload(scope, setting, options!, options!.serviceAccount ?? shared ?? makeAccount(service, scope, name));
}

function makeAccount({ namespace, podLabels }: VersionedService, scope: Construct, name: string): IServiceAccount {
  return new ServiceAccount(scope, 'ServiceAccount', { metadata: { name: podsName(name), namespace, labels: podLabels } });
}

/** Refuses two Deployments with one name, of versions of two services. */
function checkFree({ serviceName, namespace }: VersionedService, scope: Construct, version: string, name: string): void {
  const key = `${namespace}/${name}`;
  const all = registryOf(scope, DeploymentRegistry).deployments;
  const other = all.get(key);
  // The host refuses two services with one name.
  if (other && (other.node.scope as VersionedService).serviceName !== serviceName) {
    throw new MeshError('IM1003', scope, {
      problem: `the Deployment ${key} of version ${version} of ${serviceName} has the same name as that of ${other.node.path}`,
      got: name,
      next: 'the name of a Deployment is <service>-<version>: rename one of the versions or services',
    });
  }
  all.set(key, scope);
}
