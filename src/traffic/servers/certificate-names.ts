/** Whether a certificate with this name is valid for a host or pattern. A `*` in the name stands for one label. */
export function certifies(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && !host.startsWith('*') && host.slice(host.indexOf('.')) === name.slice(1));
}

/** Whether a certificate with these names is valid for a host or pattern. */
export function isCertified(names: ReadonlySet<string>, host: string): boolean {
  return names.has(host) || (!host.startsWith('*') && names.has(`*${host.slice(host.indexOf('.'))}`));
}
