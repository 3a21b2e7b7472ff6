import { RequestSelection, Operation, Place, Rule } from './policed-place';
import { PreflightPlace, preflightRules } from './preflights';
import { maySelectSame, SelectedPods } from '../values/pod-groups';

/** The pods to which a policy applies. */
export interface TargetPods extends SelectedPods {
  readonly namespace: string;
  /** Whether it is the root namespace: a policy there selects pods with the labels in every namespace. */
  readonly root: boolean;
}

/** The pods and requests to which a policy applies. */
export interface TargetAttributes extends TargetPods {
  readonly places: Place[];
  /** SNI hosts at the same ports whose connections are not HTTP. */
  readonly passed?: string[];
  /** The same places by host, if Envoy answers preflights for some of the hosts. */
  readonly preflights?: PreflightPlace[];
}

/** The sources and conditions of a rule. */
export type Condition = Pick<Rule, 'from' | 'when'>;

/**
 * The rules of a policy with the action DENY or CUSTOM. They exclude requests that Envoy answers by itself, preflights, and
 * connections that are not HTTP: Istio drops HTTP attributes from rules there, and the rule would match all of them.
 */
export function rulesOn({ places, passed = [], preflights }: TargetAttributes, asked: RequestSelection, condition: Condition = {}): Rule[] {
  const excluded = passed.length > 0 ? [{ key: 'connection.sni', notValues: passed }] : [];
  const rule = (to: Operation[], more: Rule['when'] = []): Rule => {
    const when = [...condition.when ?? [], ...more, ...excluded];
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

/** Whether two policies may select the same pods, by their known labels. */
export function samePods(one: TargetPods, other: TargetPods): boolean {
  return (one.namespace === other.namespace || one.root || other.root) && maySelectSame(one, other);
}

/** Whether two policies may apply to the same requests, by ports and hosts. */
export function placesMeet(one: TargetAttributes, other: TargetAttributes): boolean {
  const hostsMeet = (a: Place, b: Place) => !a.hosts || !b.hosts || [a, b].some(({ hosts }) => hosts!.includes('*')) || a.hosts.some(host => b.hosts!.includes(host));
  return samePods(one, other) && one.places.some(a => other.places.some(b => a.ports.some(port => b.ports.includes(port)) && hostsMeet(a, b)));
}
