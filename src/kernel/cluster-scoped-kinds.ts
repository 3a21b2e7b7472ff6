import { ApiObject } from 'cdk8s';

/** Kinds that Kubernetes and common add-ons keep outside of namespaces, by API group. */
const CLUSTER_SCOPED: { readonly [group: string]: readonly string[] } = {
  'core': ['Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'cert-manager.io': ['ClusterIssuer'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'external-secrets.io': ['ClusterExternalSecret', 'ClusterSecretStore'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'gateway.networking.k8s.io': ['GatewayClass'],
  'kyverno.io': ['ClusterCleanupPolicy', 'ClusterPolicy'],
  'networking.k8s.io': ['IngressClass'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
};

/** Whether an object has no namespace by its kind. Kinds that are not known are taken to have one. */
export function isClusterScoped(object: ApiObject): boolean {
  return CLUSTER_SCOPED[object.apiGroup]?.includes(object.kind) ?? false;
}
