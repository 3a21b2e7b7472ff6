/** Whether a certificate with this name is valid for a host or pattern. A `*` in the name stands for one label. */
export function certifies(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && !host.startsWith('*') && host.slice(host.indexOf('.')) === name.slice(1));
}
