/** Whether a certificate with this name is good for a host or pattern: its star stands for one label. */
export function certifies(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && !host.startsWith('*') && host.slice(host.indexOf('.')) === name.slice(1));
}
