import { Capability, ContainerProps, k8s } from 'cdk8s-plus-28';

/**
 * Drops all capabilities of a container, unless the container sets its own. The Pod Security Standard `restricted` requires it, and cdk8s-plus
 * does not set it.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restricted(container: ContainerProps): ContainerProps {
  const { securityContext: own = {} } = container;
  return { ...container, securityContext: { ...own, capabilities: { drop: [Capability.ALL], ...own.capabilities } } };
}

/**
 * Sets the seccomp profile `RuntimeDefault` for the whole pod, because the containers that Istio injects do not set it
 * themselves. A container can override it.
 */
export function confined(pod: k8s.PodSpec): k8s.PodSpec {
  return { ...pod, securityContext: { ...pod.securityContext, seccompProfile: { type: 'RuntimeDefault' } } };
}
