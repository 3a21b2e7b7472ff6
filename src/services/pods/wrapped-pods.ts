import { Deployment, Workload } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { serveInitContainers } from './init-containers';
import { PodMetadataBuilder } from './pod-metadata-builder';
import { checkListeners } from './pod-parts';
import { checkProbes } from './probes';
import { checkReferences } from './references';
import { VersionWorkload, WorkloadSetting } from './version-workload';
import { MeshError } from '../../diagnostics/mesh-error';
import { adopt } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';

/** Adds the labels of the service's selector to the pods of an existing Deployment. */
export function takeWorkload(scope: Construct, setting: WorkloadSetting, deployment: Deployment): VersionWorkload {
  if (deployment.metadata.namespace !== setting.namespace) {
    throw new MeshError('IM1110', scope, {
      problem: `the Deployment ${deployment.name} is in another namespace than the service`,
      got: deployment.metadata.namespace,
      allowed: setting.namespace,
      next: 'create the Deployment with { metadata: namespace.metadata(\'…\') }',
    });
  }
  adopt(deployment);
  const pods = wrappedPods(scope, `the pods of ${setting.name}`, deployment, setting.ports, setting.selector);
  return { deployment, pods };
}

/** The pods of an existing workload. They get the labels that the service selects, and the same checks as pods that the library creates. */
export function wrappedPods(at: Construct, subject: string, workload: Workload, ports: MeshPort[], labels: Labels): PodMetadataBuilder {
  checkListeners(at, workload, ports);
  checkProbes(at, workload, ports);
  checkReferences(at, workload);
  const pods = new PodMetadataBuilder(at, subject, workload.podMetadata);
  serveInitContainers(at, workload, pods);
  Object.entries(labels).forEach(([key, value]) => pods.addLabel(key, value, at));
  return pods;
}
