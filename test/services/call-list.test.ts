import * as fc from 'fast-check';
import { CallList } from '../../src/services/calls/call-list';

interface Call {
  readonly callee: { readonly hosts: string[] };
}

const hosts = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 });
const steps = fc.array(fc.oneof(
  hosts.map(to => ({ add: to })), hosts.map(to => ({ listen: to })), fc.constant({ listen: undefined }),
), { maxLength: 20 });

test('each listener receives the calls of its hosts, and all listeners receive a call in their order', () => {
  fc.assert(fc.property(steps, all => {
    const list = new CallList<Call>();
    const calls: Call[] = [];
    const listeners: (string[] | undefined)[] = [];
    const received: [number, Call][] = [];
    const expected: [number, Call][] = [];
    const isFor = (to: string[] | undefined, { callee }: Call) => to === undefined || callee.hosts.some(host => to.includes(host));
    for (const step of all) {
      if ('add' in step) {
        const call = { callee: { hosts: step.add } };
        calls.push(call);
        listeners.forEach((to, i) => isFor(to, call) && expected.push([i, call]));
        list.add(call);
      } else {
        const place = listeners.push(step.listen) - 1;
        calls.filter(call => isFor(step.listen, call)).forEach(call => expected.push([place, call]));
        const listener = (call: Call) => received.push([place, call]);
        if (step.listen) {
          list.eachTo(step.listen, listener);
        } else {
          list.each(listener);
        }
      }
      expect(received).toEqual(expected);
    }
  }));
});
