/** The namespaces that may see a host: what its objects say as `exportTo`. */
export class HostExportTo {
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
  public get exportTo(): string[] | undefined {
    return this.namespaces?.();
  }
}
