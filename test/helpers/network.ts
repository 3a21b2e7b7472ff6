const pods = (namespace: string, labels: { [key: string]: string }) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, podSelector: { matchLabels: labels },
});

/** Where every pod of the mesh gets out: to DNS and to istiod. */
export const NEEDED_EGRESS = [
  { ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }], to: [pods('kube-system', { 'k8s-app': 'kube-dns' })] },
  { ports: [{ port: 15012, protocol: 'TCP' }], to: [pods('istio-system', { app: 'istiod' })] },
];
