import { perSynthesis } from '../synthesis/per-synthesis';

/** The namespaces that may see a host: what its objects say as `exportTo`. */
export class HostExportTo {
  /** The Service, the routes and the policy of a host have the same list. */
  private static readonly namespacesOf = perSynthesis((host: HostExportTo): readonly string[] | undefined => host.namespaces?.());

  private namespaces?: () => string[];

  /** Hides the host from all namespaces but these, which are read at synthesis. */
  public limit(namespaces: () => string[]): void {
    this.namespaces = namespaces;
  }

  /** Whether some namespaces alone see it. */
  public get isLimited(): boolean {
    return this.namespaces !== undefined;
  }

  /** What the objects of the host say; undefined where every namespace sees them. */
  public get exportTo(): readonly string[] | undefined {
    return HostExportTo.namespacesOf(this);
  }
}
