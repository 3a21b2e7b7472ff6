import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { IstioChart } from './istio-chart';

interface Flux {
  readonly version: string;
  readonly repository: string;
  readonly namespace: string;
  readonly interval: string;
  readonly retries: number;
}

/** A HelmRelease a chart, and one HelmRepository of the install, whose name it has. */
export function flux({ version, repository, namespace, interval, retries }: Flux) {
  const repositoryOf = (scope: Construct) => scope.node.tryFindChild('HelmRepository') as ApiObject ?? new ApiObject(scope, 'HelmRepository', {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: scope.node.id, namespace },
    spec: { interval: '1h', url: repository, ...(repository.startsWith('oci:') ? { type: 'oci' } : {}) },
  });
  return (scope: Construct, chart: IstioChart, after: IstioChart[]): void => {
    const { name } = repositoryOf(scope);
    new ApiObject(scope, `HelmRelease-${chart.namespace}-${chart.release}`, {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: chart.release, namespace },
      spec: {
        interval,
        releaseName: chart.release,
        targetNamespace: chart.namespace,
        storageNamespace: chart.namespace,
        chart: { spec: { chart: chart.chart, version, sourceRef: { kind: 'HelmRepository', name } } },
        ...(after.length > 0 ? { dependsOn: after.map(({ release }) => ({ name: release })) } : {}),
        install: { createNamespace: true, remediation: { retries } },
        upgrade: { remediation: { retries } },
        values: Lazy.any({ produce: () => chart.values }),
      },
    });
  };
}
