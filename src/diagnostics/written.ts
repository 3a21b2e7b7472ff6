import { show } from './show';

/** How values of some classes are written. Of the others it is a factory of the class. */
const EXAMPLES: { readonly [type: string]: string } = {
  Cpu: 'Cpu.millis(100)',
  Cron: 'Cron.schedule({ minute: \'0\' })',
  Deployment: 'new Deployment(…)',
  Duration: 'Duration.seconds(5)',
  EgressPort: 'EgressPort.https(443)',
  EnvValue: 'EnvValue.fromValue(\'…\')',
  IstioRelease: 'IstioRelease.V1_31',
  KubernetesRelease: 'KubernetesRelease.V1_34',
  MeshPort: 'MeshPort.http(8080)',
  MeshVersion: 'MeshVersion.of({ containers: [{ image: \'…\' }] })',
  Probe: 'Probe.fromHttpGet(\'/healthz\')',
  RouteMatch: 'RouteMatch.pathPrefix(\'/\')',
  RouteTarget: 'RouteTarget.redirect({ path: \'/\' }), or a service',
  Size: 'Size.mebibytes(64)',
  SplitTarget: 'SplitTarget.version(\'v1\')',
  StringMatch: 'StringMatch.exact(\'…\')',
};

/** What to write for a type, where something else is there. */
export function written(type: string, got: unknown): string {
  switch (type) {
    case 'number': return typeof got === 'string' && /^\d+(\.\d+)?$/.test(got) ? `write ${got}, without quotes` : 'write a number, without quotes';
    case 'boolean': return got === 'true' || got === 'false' ? `write ${got}, without quotes` : 'write true or false';
    case 'string': return ['number', 'boolean'].includes(typeof got) ? `write ${show(String(got))}, in quotes` : 'write a text in quotes';
    case 'list': return got === undefined ? 'write a list: [ … ]' : 'put it into a list: [ … ]';
    case 'map': return 'write { name: value }';
    case 'struct': return 'write an object of these properties: { … }';
    case 'enum': return 'write one of them, without quotes';
    case 'construct': return 'hand in the construct itself';
    case 'object': return 'hand in the object itself, not its name';
    default: return `write ${EXAMPLES[type] ?? `a value of the class, by one of its factories: ${type}.…`}`;
  }
}
