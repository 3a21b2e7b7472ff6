import { Capability, ContainerProps, k8s } from 'cdk8s-plus-28';
import { extended } from '../../values/extended';

/**
 * Drops all capabilities of a container, unless the container sets its own. The Pod Security Standard `restricted` requires it, and cdk8s-plus
 * does not set it.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restricted(container: ContainerProps): ContainerProps {
  const { securityContext: own = {} } = container;
  return extended(container, { securityContext: extended(own, { capabilities: { drop: [Capability.ALL], ...own.capabilities } }) });
}

/**
 * Sets the seccomp profile `RuntimeDefault` for the whole pod, because the containers that Istio injects do not set it
 * themselves. A container can override it.
 */
export function confined(pod: k8s.PodSpec): k8s.PodSpec {
  return extended(pod, { securityContext: extended(pod.securityContext ?? {}, { seccompProfile: { type: 'RuntimeDefault' } }) });
}
