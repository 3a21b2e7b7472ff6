import { Construct } from 'constructs';

/** A name by which namespaces choose a control plane. */
export interface RevisionEntry {
  /** A revision or a tag. Undefined for a control plane without a revision. */
  readonly name?: string;
  readonly by: Construct;
}

/** The Telemetry of a namespace or of a service. */
export interface TelemetryEntry {
  readonly by: Construct;
  /** Whether it names a provider of traces. */
  readonly namesProvider: boolean;
}

/** What the constructs of `src/mesh` keep for a cluster. */
export class MeshRegistry {
  /** The `MeshSettings` of the cluster. Written by `MeshSettings`. Complete at synthesis. */
  public settings?: Construct;

  /** Installs of Helm releases, by `<namespace>/<release>`. Written by `IstioInstall`. Complete at synthesis. */
  public readonly releases = new Map<string, Construct>();

  /** Revisions and tags of control planes, with the install of each. Written by `IstioInstall`. Complete at synthesis. */
  public readonly revisions: RevisionEntry[] = [];

  /** The install that brings the CNI plugin. Written by `IstioInstall`. Complete at synthesis. */
  public cni?: Construct;

  /** Telemetry, by `<namespace>/<service>`, or `<namespace>/` for all of its services. Written by `MeshTelemetry`. Complete at synthesis. */
  public readonly telemetry = new Map<string, TelemetryEntry>();
}
