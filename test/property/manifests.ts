import { ApiObject, App, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { disagreements } from './agreement';
import { KubeObject } from './kube-object';
import { validateIstioObject } from '../helpers/shared';
import { MeshApp } from 'cdk8s-istio';

const CLUSTER_SCOPED = ['Namespace'];

/** What each chart writes. */
export type Written = [Chart, KubeObject[]][];

/** The objects of all charts of an App. */
export const writtenBy = (app: App): Written => app.charts.map(chart => [chart, chart.toJson()]);

/** The same by the synthesis of the library. */
export const writtenByLibrary = (app: App): Written => app.charts.map(chart => [chart, MeshApp.synthChart(chart)]);

export const objectsOf = (written: Written) => written.flatMap(([, objects]) => objects);

/** What must never be in the objects of a program that was accepted, in words. */
export function defectsOf(app: App, written: Written): string[] {
  return [...illFormed(objectsOf(written)), ...twice(app), ...disagreements(app, written)];
}

function illFormed(objects: KubeObject[]): string[] {
  return objects.flatMap(object => {
    const { apiVersion, kind, metadata: { name, namespace } } = object;
    const title = `${kind} ${namespace}/${name}`;
    const problems = /\.istio\.io\/|^cert-manager\.io\//.test(apiVersion) ? validateIstioObject(object).map(problem => `${title}: ${problem}`) : [];
    const ports = object.spec?.servers?.map(server => server.port.name) ?? [];
    if (new Set(ports).size < ports.length) problems.push(`${title}: two servers with one name, which Istio refuses: ${ports}`);
    if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) problems.push(`${title}: no name`);
    const named = typeof namespace === 'string' && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace);
    if (CLUSTER_SCOPED.includes(kind) ? namespace !== undefined : !named) problems.push(`${title}: no namespace, or one too many`);
    return problems;
  });
}

/** Objects of one cluster that would overwrite each other. */
function twice(app: IConstruct): string[] {
  const objects = app.node.findAll().filter(construct => ApiObject.isApiObject(construct));
  const keys = objects.map(object => {
    const cluster = object.node.scopes.reverse().find(scope => scope.constructor.name === 'MeshCluster');
    return [cluster?.node.path, object.apiGroup, object.kind, object.metadata.namespace, object.name].join('|');
  });
  return keys.filter((key, i) => keys.indexOf(key) !== i).map(key => `two objects are ${key}`);
}
