import { ApiObject, Lazy } from 'cdk8s';
import { refusesAllValues } from './chart-history';
import { Installed, IstioChart } from './istio-chart';

interface ArgoCd {
  readonly version: string;
  readonly repository: string;
  readonly namespace: string;
  readonly project: string;
  readonly server: string;
  readonly automated: boolean;
}

/** What istiod itself writes into its webhooks: Argo CD would take it back. */
const WRITTEN_BY_ISTIOD = [
  { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration', jqPathExpressions: ['.webhooks[].clientConfig.caBundle'] },
  {
    group: 'admissionregistration.k8s.io',
    kind: 'ValidatingWebhookConfiguration',
    jqPathExpressions: ['.webhooks[].clientConfig.caBundle', '.webhooks[].failurePolicy'],
  },
];

/** The order within an app of apps. */
const WAVES: { readonly [chart: string]: string } = { base: '0', cni: '0', istiod: '1', gateway: '2' };

/** An Application a chart. */
export function argoCd({ version, repository, namespace, project, server, automated }: ArgoCd) {
  return ({ scope }: Installed, chart: IstioChart): void => {
    new ApiObject(scope, `Application-${chart.namespace}-${chart.release}`, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: chart.release, namespace, annotations: { 'argocd.argoproj.io/sync-wave': WAVES[chart.chart] } },
      spec: {
        project,
        source: {
          repoURL: repository.replace('oci://', ''), // Argo CD takes what has no scheme for a registry
          chart: chart.chart,
          targetRevision: version,
          helm: {
            ...(refusesAllValues(chart, version) ? { skipSchemaValidation: true } : {}),
            releaseName: chart.release,
            valuesObject: Lazy.any({ produce: () => chart.values }),
          },
        },
        destination: { server, namespace: chart.namespace },
        ...(['gateway', 'cni'].includes(chart.chart) ? {} : { ignoreDifferences: WRITTEN_BY_ISTIOD }),
        syncPolicy: {
          ...(automated ? { automated: { selfHeal: true } } : {}),
          syncOptions: ['CreateNamespace=true', 'ServerSideApply=true', 'RespectIgnoreDifferences=true'],
        },
      },
    });
  };
}
