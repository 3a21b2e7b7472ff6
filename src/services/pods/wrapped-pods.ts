import { Workload } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { serveInitContainers } from './init-containers';
import { PodMetadataBuilder } from './pod-metadata-builder';
import { checkListeners } from './pod-parts';
import { checkProbes } from './probes';
import { checkReferences } from './references';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';

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
