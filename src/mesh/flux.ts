import { ApiObject, Lazy } from 'cdk8s';
import { keepsOldCrds, refusesAllValues } from './chart-history';
import { Installed, IstioChart } from './istio-chart';

interface Flux {
  readonly version: string;
  readonly repository: string;
  readonly namespace: string;
  readonly interval: string;
  readonly retries: number;
}

/** A HelmRelease a chart, and one HelmRepository of the install. */
export function flux({ version, repository, namespace, interval, retries }: Flux) {
  const repositoryOf = ({ scope, name }: Installed) => scope.node.tryFindChild('HelmRepository') as ApiObject ?? new ApiObject(scope, 'HelmRepository', {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name, namespace },
    spec: { interval: '1h', url: repository, ...(repository.startsWith('oci:') ? { type: 'oci' } : {}) },
  });
  return (install: Installed, chart: IstioChart, after: IstioChart[]): void => {
    const { name } = repositoryOf(install);
    const unheld = refusesAllValues(chart, version) ? { disableSchemaValidation: true } : {};
    new ApiObject(install.scope, `HelmRelease-${chart.namespace}-${chart.release}`, {
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
        install: { createNamespace: true, ...unheld, remediation: { retries } },
        upgrade: { ...(keepsOldCrds(chart, version) ? { crds: 'CreateReplace' } : {}), ...unheld, remediation: { retries } },
        values: Lazy.any({ produce: () => chart.values }),
      },
    });
  };
}
