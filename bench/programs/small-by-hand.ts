import { App, Chart } from 'cdk8s';
import { Capability, Deployment, k8s, LabelSelector, Protocol, ServiceAccount } from 'cdk8s-plus-28';
import { callees, image, Library } from './program';

const NAMESPACE = 'shop';
const PORT = 8080;
const VERSIONS = { v1: 90, v2: 10 };
const INGRESS = 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account';
const hostOf = (name: string) => `${name}.${NAMESPACE}.svc.cluster.local`;

/** The same mesh, written by hand with the imported classes of Istio's kinds and the constructs of cdk8s-plus. */
export function smallByHand(library: Library, size: number): App {
  const app = new App();
  const chart = new Chart(app, 'shop');
  const names = Array.from({ length: size }, (_, i) => `service-${i}`);
  aroundServices(library, chart, names);
  names.forEach((name, i) => {
    const callers = names.filter((_, caller) => caller === Math.floor((i - 1) / 2));
    kubernetesOf(chart, name);
    istioOf(library, chart, name);
    accessOf(library, chart, name, callers, callees(i, size).map(callee => names[callee]));
  });
  return app;
}

/** The objects that exist once: the namespace, its policies, and the gateway. */
function aroundServices({ networking, security }: Library, chart: Chart, names: string[]): void {
  new k8s.KubeNamespace(chart, 'namespace', { metadata: { name: NAMESPACE, labels: { 'istio-injection': 'enabled' } } });
  const everyPod = { name: 'default', namespace: NAMESPACE };
  new security.PeerAuthentication(chart, 'mutual-tls', { metadata: everyPod, spec: { mtls: { mode: security.PeerAuthenticationSpecMtlsMode.STRICT } } });
  new security.AuthorizationPolicy(chart, 'deny-all', { metadata: everyPod, spec: { action: security.AuthorizationPolicySpecAction.ALLOW } });
  new networking.Sidecar(chart, 'nowhere', { metadata: everyPod, spec: onlyTo(networking, []) });

  new networking.Gateway(chart, 'edge', {
    metadata: { name: 'edge', namespace: NAMESPACE },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ hosts: ['shop.example.com'], port: { name: 'http-80', number: 80, protocol: 'HTTP' } }],
    },
  });
  const longestFirst = [...names].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  new networking.VirtualService(chart, 'edge-routes', {
    metadata: { name: 'edge.shop.example.com', namespace: NAMESPACE },
    spec: {
      hosts: ['shop.example.com'],
      gateways: [`${NAMESPACE}/edge`],
      http: longestFirst.map(name => ({ match: [{ uri: { prefix: `/${name}` } }], route: split(name, PORT) })),
    },
  });
}

function kubernetesOf(chart: Chart, name: string): void {
  const selector = { app: name };
  new k8s.KubeService(chart, `${name}-service`, {
    metadata: { name, namespace: NAMESPACE, labels: selector, annotations: { 'networking.istio.io/exportTo': '.,istio-system' } },
    spec: {
      type: 'ClusterIP',
      selector,
      ports: [{ name: 'http', port: PORT, protocol: 'TCP', appProtocol: 'http', targetPort: k8s.IntOrString.fromNumber(PORT) }],
    },
  });
  const serviceAccount = new ServiceAccount(chart, `${name}-account`, { metadata: { name, namespace: NAMESPACE, labels: selector } });
  for (const version of Object.keys(VERSIONS)) {
    const labels = { ...selector, version };
    const deployment = new Deployment(chart, `${name}-${version}`, {
      metadata: { name: `${name}-${version}`, namespace: NAMESPACE, labels },
      podMetadata: { labels },
      select: false,
      replicas: 1,
      serviceAccount,
      containers: [{
        image: image(name, version),
        ports: [{ number: PORT, protocol: Protocol.TCP }],
        securityContext: { capabilities: { drop: [Capability.ALL] } },
      }],
    });
    deployment.select(LabelSelector.of({ labels }));
  }
}

function istioOf({ networking }: Library, chart: Chart, name: string): void {
  const metadata = { name, namespace: NAMESPACE };
  const exportTo = ['.', 'istio-system'];
  new networking.DestinationRule(chart, `${name}-policy`, {
    metadata,
    spec: {
      host: hostOf(name),
      exportTo,
      subsets: Object.keys(VERSIONS).map(version => ({ name: version, labels: { version } })),
      trafficPolicy: { tls: { mode: networking.DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL } },
    },
  });
  new networking.VirtualService(chart, `${name}-split`, {
    metadata, spec: { hosts: [hostOf(name)], exportTo, http: [{ route: split(name) }] },
  });
}

function accessOf({ networking, security }: Library, chart: Chart, name: string, callers: string[], called: string[]): void {
  const principals = [INGRESS, ...callers.map(caller => `cluster.local/ns/${NAMESPACE}/sa/${caller}`)];
  new security.AuthorizationPolicy(chart, `${name}-callers`, {
    metadata: { name, namespace: NAMESPACE },
    spec: {
      selector: { matchLabels: { app: name } },
      action: security.AuthorizationPolicySpecAction.ALLOW,
      rules: principals.map(principal => ({ from: [{ source: { principals: [principal] } }], to: [{ operation: { ports: [`${PORT}`] } }] })),
    },
  });
  for (const version of Object.keys(VERSIONS)) {
    new networking.Sidecar(chart, `${name}-${version}-calls`, {
      metadata: { name: `${name}.${version}`, namespace: NAMESPACE },
      spec: { ...onlyTo(networking, called), workloadSelector: { labels: { app: name, version } } },
    });
  }
}

function split(name: string, port?: number) {
  const at = port === undefined ? undefined : { number: port };
  return Object.entries(VERSIONS).map(([subset, weight]) => ({ destination: { host: hostOf(name), subset, port: at }, weight }));
}

function onlyTo(networking: Library['networking'], names: string[]) {
  const hosts = names.map(name => `${NAMESPACE}/${hostOf(name)}`).sort();
  return {
    egress: [{ hosts: hosts.length > 0 ? hosts : ['~/*'] }],
    outboundTrafficPolicy: { mode: networking.SidecarSpecOutboundTrafficPolicyMode.REGISTRY_UNDERSCORE_ONLY },
  };
}
