import { IConstruct } from 'constructs';
import { addTo, getOrAdd } from '../../values/get-or-add';
import { HostMap } from '../../values/host-map';
import { PodGroup, PodGroups } from '../../values/pod-groups';
import { certifies } from '../servers/certificate-names';
import { GatewayServer } from '../servers/gateway-server';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** A host at a port of a gateway's pods. */
export interface Listener {
  readonly workload: GatewayWorkload;
  readonly gateway: IConstruct;
  readonly server: GatewayServer;
  readonly port: number;
  readonly protocol: string;
  readonly host: string;
}

interface Entry {
  readonly listener: Listener;
  readonly place: number;
}

/** The hosts of one listener of Envoy: a port at an address of some pods. */
class Slot {
  private readonly hosts = new HostMap<Entry>();
  /** The first one of each transport. */
  private readonly transports = new Map<string, Entry>();
  /** The first one of each server, by the Secrets and by the names of its certificate. */
  private readonly byCredential = new Map<string, Entry[]>();
  private readonly byName = new Map<string, Entry[]>();
  private readonly servers = new Set<GatewayServer>();

  public add(entry: Entry): void {
    const { listener: { host, protocol, server } } = entry;
    this.hosts.add(host, entry);
    getOrAdd(this.transports, transport(protocol), () => entry);
    if (!this.servers.has(server)) {
      this.servers.add(server);
      const { credentialNames = [], dnsNames = [] } = server._tls?._shown ?? {};
      credentialNames.forEach(name => addTo(this.byCredential, name, entry));
      dnsNames.forEach(name => addTo(this.byName, name, entry));
    }
  }

  public ofOtherTransport(protocol: string): Entry[] {
    return [...this.transports].flatMap(([other, entry]) => (other === transport(protocol) ? [] : [entry]));
  }

  public of(host: string): Entry[] {
    return this.hosts.of(host);
  }

  /** Those with a host that covers the host of a listener or that it covers, and those of servers whose certificate is valid for it. */
  public near(host: string): Entry[] {
    const names = [host, `*${host.slice(host.indexOf('.'))}`];
    return [...this.hosts.near(host), ...names.flatMap(name => this.byName.get(name) ?? [])];
  }

  /** Those with hosts for which a server's certificate is valid, and those of servers with the same Secret. */
  public nearCertificate(server: GatewayServer): Entry[] {
    const { credentialNames = [], dnsNames = [] } = server._tls?._shown ?? {};
    const certified = dnsNames.flatMap(name => this.hosts.coveredBy(name).filter(({ listener: { host } }) => certifies(name, host)));
    return [...certified, ...credentialNames.flatMap(name => this.byCredential.get(name) ?? [])];
  }
}

/** What is known about the pods of gateways with equal labels. */
class Served {
  public readonly entries: Entry[] = [];
  public readonly slots = new Map<string, Slot>();
}

/** The listeners of all gateways. A gateway may serve thousands of hosts, and thousands of gateways may share their pods. */
export class ListenerIndex {
  private readonly pods = new PodGroups(() => new Served());
  private readonly byWorkload = new Map<GatewayWorkload, PodGroup<Served>>();
  private readonly byGateway = new Map<IConstruct, { readonly group: PodGroup<Served>; readonly slots: Set<string> }>();
  private count = 0;

  public add(listener: Listener): void {
    const group = this.podsOf(listener.workload);
    const entry = { listener, place: this.count++ };
    group.content.entries.push(entry);
    getOrAdd(group.content.slots, slotOf(listener), () => new Slot()).add(entry);
    getOrAdd(this.byGateway, listener.gateway, () => ({ group, slots: new Set<string>() })).slots.add(slotOf(listener));
  }

  /** All listeners of pods, in order of addition. */
  public servedBy(workload: GatewayWorkload): Listener[] {
    return inOrder(this.podsOf(workload).near.flatMap(({ content }) => content.entries));
  }

  /** The listeners in the slot of another one whose transport is another one, in order of addition. */
  public ofOtherTransport(listener: Listener): Listener[] {
    return inOrder(this.slots(listener).flatMap(slot => slot.ofOtherTransport(listener.protocol)));
  }

  /** The listeners in the slot of another one with the same host, in order of addition. */
  public ofHost(listener: Listener): Listener[] {
    return inOrder(this.slots(listener).flatMap(slot => slot.of(listener.host)));
  }

  /**
   * The listeners in the slot of another one whose hosts or certificates may be in conflict with it, in order of addition.
   *
   * @param isFirst whether it is the first one of its server there: its certificate is that of all
   */
  public competitors(listener: Listener, isFirst: boolean): Listener[] {
    return inOrder(this.slots(listener).flatMap(slot => [...slot.near(listener.host), ...isFirst ? slot.nearCertificate(listener.server) : []]));
  }

  /** Whether two gateways configure one listener of some pods. */
  public areShared(one: IConstruct, other: IConstruct): boolean {
    const [a, b] = [this.byGateway.get(one), this.byGateway.get(other)];
    return a !== undefined && b !== undefined && a.group.near.includes(b.group) && [...a.slots].some(slot => b.slots.has(slot));
  }

  private podsOf(workload: GatewayWorkload): PodGroup<Served> {
    return getOrAdd(this.byWorkload, workload, () => {
      const { pods, podLabels = {} } = workload._facts;
      return this.pods.of({ labels: pods!.labels, podLabels });
    });
  }

  private slots(listener: Listener): Slot[] {
    return this.podsOf(listener.workload).near.flatMap(({ content }) => content.slots.get(slotOf(listener)) ?? []);
  }
}

/** The port and address of a listener. */
function slotOf({ port, server: { bind = '' } }: Listener): string {
  return `${port} ${bind}`;
}

function inOrder(entries: Entry[]): Listener[] {
  return [...new Set(entries)].sort((a, b) => a.place - b.place).map(({ listener }) => listener);
}

/** The transport of a listener of Envoy, which has only one. A listener with TLS decides by SNI whether the gateway terminates TLS. */
export function transport(protocol: string): string {
  return TRANSPORTS.get(protocol) ?? protocol;
}

const TRANSPORTS = new Map([
  ['HTTPS', 'TLS'], ['TLS', 'TLS'],
  ['HTTP', 'HTTP'], ['HTTP2', 'HTTP'], ['GRPC', 'HTTP'], ['GRPC-WEB', 'HTTP'],
]);
