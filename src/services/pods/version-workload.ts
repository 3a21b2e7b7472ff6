import { Deployment, IServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { serveInitContainers } from './init-containers';
import { MeshVersionOptions } from './mesh-version';
import { PodMetadataBuilder } from './pod-metadata-builder';
import { tellMetrics } from './pod-metrics';
import { checkPods, withPorts, ZONE } from './pod-parts';
import { checkOwnProbes, probed } from './probes';
import { checkReferences } from './references';
import { restricted } from './restricted';
import { checkScaling, keepUp } from './scaling';
import { VersionDeployment } from './version-deployment';
import { wrapErrors } from '../../kernel/collect-errors';
import { extended } from '../../values/extended';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { dnsLabel } from '../../values/names';
import { getSidecars } from '../workloads/sidecars';

/** The settings of a service for its workload. */
export interface WorkloadSetting {
  /** The name of the Deployment and its objects. */
  readonly name: string;
  readonly namespace: string;
  /** The labels `app` and `version`. */
  readonly selector: Labels;
  readonly ports: MeshPort[];
}

/** The workload of a version: its Deployment, and the metadata of its pods. */
export interface VersionWorkload {
  readonly deployment: Deployment;
  readonly pods: PodMetadataBuilder;
}

/** Creates the Deployment of a version, with its autoscaler and its budget. */
export function makeWorkload(
  scope: Construct, setting: WorkloadSetting, options: MeshVersionOptions, serviceAccount: IServiceAccount,
): VersionWorkload {
  checkOptions(scope, options);
  const { name, namespace, selector } = setting;
  const metadata = { name: dnsLabel(name, scope, 'the name of the Deployment'), namespace, labels: selector };
  const deployment = wrapErrors(scope, () => new VersionDeployment(scope, 'Deployment', extended(options, {
    select: false as const,
    metadata,
    serviceAccount,
    containers: probed(scope, withPorts(scope, options.containers, setting.ports), setting.ports).map(restricted),
    initContainers: options.initContainers && probed(scope, options.initContainers).map(restricted),
    replicas: options.autoscaling ? undefined : options.replicas ?? 1,
  }), { selector, placement: options, spreadOver: options.spreadOverZones ?? true ? [ZONE] : [] }));
  const { podMetadata } = deployment;
  Object.entries(options.podLabels ? { ...options.podLabels, ...selector } : selector).forEach(([key, value]) => podMetadata.addLabel(key, value));
  Object.entries(options.podAnnotations ?? {}).forEach(([key, value]) => podMetadata.addAnnotation(key, value));
  keepUp(scope, deployment, metadata, selector, options, 1);
  checkOwnProbes(scope, deployment);
  checkReferences(scope, deployment);
  const pods = new PodMetadataBuilder(scope, `the pods of ${name}`, podMetadata);
  serveInitContainers(scope, deployment, pods);
  if (options.metrics) {
    tellMetrics(pods, options.metrics, () => getSidecars(scope), setting.ports, scope);
  }
  return { deployment, pods };
}

function checkOptions(scope: Construct, options: MeshVersionOptions): void {
  checkPods(scope, options, 'the version');
  checkScaling(scope, options, { replicas: 0, minReplicas: 1 });
}
