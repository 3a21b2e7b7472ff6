import { Cron } from 'cdk8s';
import { Capability, ContainerProps, SeccompProfileType } from 'cdk8s-plus-28';
import { chart, find, findAll } from '../../helpers/build';
import { valid } from '../../helpers/valid';
import { MeshCronJob, MeshJob, MeshPort, MeshService, MeshVersion, StatefulMeshService } from 'cdk8s-istio';

const ports = [MeshPort.http(8080)];

/** What a container of a version is allowed. */
function allowed(securityContext?: ContainerProps['securityContext']): any {
  const root = chart();
  new MeshService(root, 'web', { ports, versions: { v1: MeshVersion.of({ containers: [{ image: 'example.com/web:1', securityContext }] }) } });
  return find(valid(root), 'Deployment', 'web-v1').spec.template.spec.containers[0].securityContext;
}

test('every container that the library makes keeps to Pod Security\'s restricted', () => {
  const root = chart();
  const pods = { containers: [{ image: 'example.com/a:1' }], initContainers: [{ image: 'example.com/b:1' }] };
  new MeshService(root, 'web', { ports, versions: { v1: MeshVersion.of(pods) } });
  new StatefulMeshService(root, 'db', { ports, replicas: 1, ...pods });
  new MeshJob(root, 'once', pods);
  new MeshCronJob(root, 'daily', { schedule: Cron.daily(), ...pods });
  const objects = valid(root);
  const specs = [...findAll(objects, 'Deployment'), ...findAll(objects, 'StatefulSet'), ...findAll(objects, 'Job')].map(({ spec }) => spec.template.spec);
  const all = [...specs, ...findAll(objects, 'CronJob').map(({ spec }) => spec.jobTemplate.spec.template.spec)];
  expect(all).toHaveLength(4);
  all.forEach(({ containers, initContainers, securityContext }) => {
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect([...containers, ...initContainers].map(container => container.securityContext)).toEqual(Array(2).fill({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    }));
  });
});

test('a capability that is added stands beside those that are dropped', () => {
  expect(allowed({ capabilities: { add: [Capability.NET_BIND_SERVICE] } })).toMatchObject({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } });
});

test('what a container says of itself holds', () => {
  expect(allowed({ capabilities: { drop: [] }, seccompProfile: { type: SeccompProfileType.UNCONFINED }, ensureNonRoot: false })).toEqual({
    allowPrivilegeEscalation: false, capabilities: { drop: [] }, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: false, seccompProfile: { type: 'Unconfined' },
  });
  expect(allowed({ capabilities: { drop: [Capability.NET_RAW] } })).toMatchObject({ capabilities: { drop: ['NET_RAW'] } });
});
