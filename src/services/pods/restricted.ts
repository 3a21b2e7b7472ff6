import { Capability, ContainerProps, k8s } from 'cdk8s-plus-28';

/**
 * A container without capabilities of the kernel, unless it says otherwise: Pod Security's `restricted` asks for it, and cdk8s-plus leaves
 * it open.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restricted(container: ContainerProps): ContainerProps {
  const { securityContext: said = {} } = container;
  return { ...container, securityContext: { ...said, capabilities: { drop: [Capability.ALL], ...said.capabilities } } };
}

/**
 * A pod under the runtime's filter of system calls. That is said of the whole pod, since the containers that Istio injects do not say it
 * of themselves; a container may say otherwise.
 */
export function confined(pod: k8s.PodSpec): k8s.PodSpec {
  return { ...pod, securityContext: { ...pod.securityContext, seccompProfile: { type: 'RuntimeDefault' } } };
}
