import { Chart } from 'cdk8s';
import { containers, Make, proofs, shop } from './job-proofs';
import { find, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { MeshJob, MeshJobProps } from 'cdk8s-istio';

const make: Make = (scope, options) => new MeshJob(scope, 'report', { containers, ...options });
const written = (props: Partial<MeshJobProps>) => {
  const scope = shop();
  make(scope, props);
  return find(valid(Chart.of(scope)), 'Job', 'report');
};

option('MeshJob.constructor', 'a full chart: a job that calls a service', () => {
  const scope = shop();
  make(scope, { calls: [service(scope)] });
  expect(valid(Chart.of(scope))).toMatchSnapshot();
});

option('MeshJobProps.suspend', 'is whether the job waits', () => {
  expect(written({ suspend: true }).spec.suspend).toBe(true);
  expect(written({}).spec).not.toHaveProperty('suspend');
});

option('MeshJobProps.name', 'is the name of the objects', () => proofs.name(make));
option('MeshJobProps.calls', 'are edges of the job', () => proofs.calls(make));
option('MeshJobProps.sidecar', 'is how the proxy ends, by labels and annotations of the pods', () => proofs.sidecar(make));
option('MeshJobProps.restartPolicy', 'is whether a container is started again', () => proofs.restartPolicy(make));
option('MeshJobProps.backoffLimit', 'is how many failures the job survives', () => proofs.backoffLimit(make));
option('MeshJobProps.activeDeadline', 'is after how long it is ended', () => proofs.activeDeadline(make));
option('MeshJobProps.ttlAfterFinished', 'is how long it is kept', () => proofs.ttlAfterFinished(make));
option('MeshJobProps.parallelism', 'is how many pods run at once', () => proofs.parallelism(make));
option('MeshJobProps.completions', 'is how many have to succeed', () => proofs.completions(make));
option('MeshJobProps.completionMode', 'is which of them', () => proofs.completionMode(make));
option('MeshJobProps.podFailurePolicy', 'is what to do about failures', () => proofs.podFailurePolicy(make));
option('MeshJobProps.backoffLimitPerIndex', 'is how many failures each index survives', () => proofs.backoffLimitPerIndex(make));
option('MeshJobProps.maxFailedIndexes', 'is how many indexes may fail', () => proofs.maxFailedIndexes(make));
option('MeshJobProps.successPolicy', 'is when indexes have done enough', () => proofs.successPolicy(make));
option('MeshJobProps.podReplacementPolicy', 'is when a pod that ends is replaced', () => proofs.podReplacementPolicy(make));
option('MeshJobProps.managedBy', 'is who runs the job', () => proofs.managedBy(make));
option('MeshJobProps.jobLabels', 'are labels of the Jobs', () => proofs.jobLabels(make));
option('MeshJobProps.jobAnnotations', 'are annotations of the Jobs', () => proofs.jobAnnotations(make));
option('MeshJobProps.containers', 'are the containers of the pods', () => proofs.containers(make));
option('MeshJobProps.initContainers', 'run before the others', () => proofs.initContainers(make));
option('MeshJobProps.volumes', 'are volumes of the pods', () => proofs.volumes(make));
option('MeshJobProps.spreadOverZones', 'prefers zones with fewer pods', () => proofs.spreadOverZones(make));
option('MeshJobProps.serviceAccount', 'is the identity of the pods', () => proofs.serviceAccount(make));
option('MeshJobProps.podLabels', 'are further labels', () => proofs.podLabels(make));
option('MeshJobProps.podAnnotations', 'are annotations', () => proofs.podAnnotations(make));
option('MeshJobProps.metrics', 'are in annotations', () => proofs.metrics(make));
option('MeshJobProps.securityContext', 'is users, groups and file system', () => proofs.securityContext(make));
option('MeshJobProps.terminationGracePeriod', 'is how long a pod may take to end', () => proofs.terminationGracePeriod(make));
option('MeshJobProps.dockerRegistryAuth', 'is the credentials of the registry', () => proofs.dockerRegistryAuth(make));
option('MeshJobProps.automountServiceAccountToken', 'is whether pods get a token', () => proofs.automountServiceAccountToken(make));
option('MeshJobProps.dns', 'is how pods resolve names', () => proofs.dns(make));
option('MeshJobProps.hostAliases', 'are entries of the hosts file', () => proofs.hostAliases(make));
option('MeshJobProps.nodes', 'are where pods may run', () => proofs.nodes(make));
option('MeshJobProps.preferredNodes', 'are where pods run if there is room', () => proofs.preferredNodes(make));
option('MeshJobProps.tolerations', 'are taints that pods bear', () => proofs.tolerations(make));
option('MeshJobProps.priorityClassName', 'is the priority of the pods', () => proofs.priorityClassName(make));
option('MeshJobProps.schedulerName', 'is who finds nodes for the pods', () => proofs.schedulerName(make));
option('MeshJobProps.runtimeClassName', 'is what runs the containers', () => proofs.runtimeClassName(make));

option('MeshJob.calls', 'records a call to each port, or to the port that is set', () => {
  const scope = shop();
  const job = new MeshJob(scope, 'report', { containers });
  job.calls(service(scope), { port: 8080, paths: ['/reviews/*'] });
  expect(edgePaths(scope)).toEqual(['chart/shop/report > chart/shop/reviews:8080']);
});

option('MeshJob.addPodLabel', 'adds a label to the pods', () => {
  const scope = shop();
  const job = new MeshJob(scope, 'report', { containers });
  job.addPodLabel('team', 'core');
  expect(find(valid(Chart.of(scope)), 'Job', 'report').spec.template.metadata.labels).toEqual({ app: 'report', team: 'core' });
  expect(refusal(() => job.addPodLabel('sidecar.istio.io/inject', 'false')).code).toBe('IM1705');
});

option('MeshJob.addPodAnnotation', 'adds an annotation to the pods', () => {
  const scope = shop();
  const job = new MeshJob(scope, 'report', { containers });
  job.addPodAnnotation('note', 'x');
  expect(find(valid(Chart.of(scope)), 'Job', 'report').spec.template.metadata.annotations).toMatchObject({ note: 'x' });
  expect(refusal(() => job.addPodAnnotation('sidecar.istio.io/nativeSidecar', 'false')).code).toBe('IM1705');
});

test('what others can know of it', () => {
  const { jobName, namespace, podLabels } = new MeshJob(shop(), 'report', { name: 'monthly', containers });
  expect({ jobName, namespace, podLabels }).toEqual({ jobName: 'monthly', namespace: 'shop', podLabels: { app: 'monthly' } });
});
