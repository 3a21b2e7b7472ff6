import { MeshService, ResiliencePolicyProps } from 'cdk8s-istio';

/** What a policy says of a service, or of one of its versions. */
export type Policy = Partial<Omit<ResiliencePolicyProps, 'target'>> & { readonly version?: string };

/** The policy for a service that says this. */
export function policyFor(service: MeshService, { version, ...said }: Policy): ResiliencePolicyProps {
  return { target: version === undefined ? service : service.versionOf(version), ...said };
}
