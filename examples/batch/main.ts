import { join } from 'path';
import { Chart, Cron, Duration } from 'cdk8s';
import { MeshApp, MeshCronJob, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls, PodFailureAction, PodFailureRule } from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const chart = new Chart(app, 'batch');
const applications = new MeshNamespace(chart, 'applications', { mutualTls: MutualTls.STRICT });

const addressValidator = new MeshService(applications, 'addressvalidator', {
  ports: [MeshPort.grpc(50051)],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'registry.example.com/addressvalidator:2.3.0' }] }) },
});

// The releases of the cluster have native sidecars, so the proxy ends with the container, and the job ends.
new MeshCronJob(applications, 'report', {
  schedule: Cron.daily(),
  timeZone: 'Europe/Berlin',
  startingDeadline: Duration.hours(1),
  activeDeadline: Duration.hours(2),
  backoffLimit: 3,
  podFailurePolicy: [
    PodFailureRule.onExitCodes(PodFailureAction.FAIL_JOB, [64]),
    PodFailureRule.onPodCondition(PodFailureAction.IGNORE, 'DisruptionTarget'),
  ],
  containers: [{ image: 'registry.example.com/report:5.1.0' }],
  calls: [addressValidator],
});

app.synth();
