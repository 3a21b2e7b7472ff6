import { Asked, Operation, Place, Rule } from './policed-place';
import { PreflightPlace, preflightRules } from './preflights';
import { Labels } from '../values/labels';

/** Which pods a policy is for, and which of their requests. */
export interface TargetAttributes {
  readonly namespace: string;
  /** Whether it is the root namespace: a policy there is for pods of every namespace that have the labels. */
  readonly root: boolean;
  /** The labels by which the pods are selected. */
  readonly labels: Labels;
  /** The labels that they are known to have: those and maybe more. */
  readonly podLabels: Labels;
  readonly places: Place[];
  /** Server names at the same ports whose connections are no requests to Envoy. */
  readonly passed?: string[];
  /** The same places by host, where some of the hosts answer preflights. */
  readonly preflights?: PreflightPlace[];
}

/** Who sends them, and what else holds of them. */
export type Condition = Pick<Rule, 'from' | 'when'>;

/**
 * The rules of a policy with the action DENY or CUSTOM. They exclude requests that Envoy answers by itself, preflights, and
 * connections that it reads no requests of: Istio drops what rules say of requests there, and the rule would hold for all of them.
 */
export function rulesOn({ places, passed = [], preflights }: TargetAttributes, asked: Asked, condition: Condition = {}): Rule[] {
  const spared = passed.length > 0 ? [{ key: 'connection.sni', notValues: passed }] : [];
  const rule = (to: Operation[], more: Rule['when'] = []): Rule => {
    const when = [...condition.when ?? [], ...more, ...spared];
    return { from: condition.from, to: to.map(operation => ({ operation })), when: when.length > 0 ? when : undefined };
  };
  if (!preflights) {
    return [rule(places.map(place => ({ ...place, ...asked })))];
  }
  const methods = asked.methods?.filter(method => method !== 'OPTIONS');
  const others = methods ? { methods } : { notMethods: ['OPTIONS'] };
  return [
    ...methods?.length === 0 ? [] : [rule(places.map(place => ({ ...place, ...asked, ...others })))],
    ...asked.methods?.includes('OPTIONS') === false ? [] : preflightRules(preflights, asked, rule),
  ];
}

/** Whether two policies may be for the same pods, as far as their labels are known. */
export function samePods(one: TargetAttributes, other: TargetAttributes): boolean {
  const within = (inner: Labels, outer: Labels) => Object.entries(inner).every(([key, value]) => outer[key] === value);
  const near = one.namespace === other.namespace || one.root || other.root;
  return near && (within(one.labels, other.podLabels) || within(other.labels, one.podLabels));
}

/** Whether two policies look into some of the same requests, as far as ports and hosts say. */
export function placesMeet(one: TargetAttributes, other: TargetAttributes): boolean {
  const hostsMeet = (a: Place, b: Place) => !a.hosts || !b.hosts || [a, b].some(({ hosts }) => hosts!.includes('*')) || a.hosts.some(host => b.hosts!.includes(host));
  return samePods(one, other) && one.places.some(a => other.places.some(b => a.ports.some(port => b.ports.includes(port)) && hostsMeet(a, b)));
}
