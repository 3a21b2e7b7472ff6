import { routed } from '../gateways';
import { ABSENT, each, Knowledge } from '../knowledge';
import { isLedTo } from '../targets';
import { World } from '../world';

export const PATHS = ['/', '/api', '/api/v1', '/API/', '/a-b/%C3%A9', '/v1.0/x_y'];

/** A host that the route is for, as a client may write it. */
function authority(w: World): string {
  const host = w.given(/\.add\w+Route$/)?.host as string | undefined ?? 'shop.example.com';
  return `${host.replace(/^\*(?=\.)/, 'any').replace('*', 'any.example.com')}${w.choices.pick(['', ':8443'])}`;
}

interface Texts {
  readonly exact: (w: World) => string;
  readonly prefix: string[];
  readonly regex: string[];
}

/** Texts that can be, where not any text can. */
const TEXTS: [RegExp, Texts][] = [
  [/\.allowOrigins$/, {
    exact: w => w.choices.pick(['https://www.example.com', 'http://localhost:3000', '*']), prefix: ['http://localhost:', 'https://127.0.0.1:'], regex: ['https://[a-z]+\\.example\\.com'],
  }],
  [/\.methodMatch$/, { exact: w => w.choices.pick(['PURGE', 'GET']), prefix: ['P'], regex: ['GET|HEAD'] }],
  [/\.scheme$/, { exact: w => w.choices.pick(['http', 'https']), prefix: ['http'], regex: ['https?'] }],
  [/\.authority$/, { exact: authority, prefix: ['shop.', 'www'], regex: ['.*\\.example\\.com(:[0-9]+)?'] }],
];

const texts = (w: World) => TEXTS.find(([slot]) => w.isFilling(slot))?.[1];

/** Which requests a route is for. No two matches for one host may be the same. */
export const matches: Knowledge = {
  facts: {
    'RouteMatch.exactPath.path': w => w.left(`exact ${routed(w)}`, PATHS) ?? `/api/${w.fresh(routed(w), ['exact'])}`,
    'RouteMatch.pathPrefix.prefix': w => w.left(`prefix ${routed(w)}`, PATHS.slice(1)) ?? `/${w.fresh(routed(w), ['prefix'])}/`,
    'RouteMatch.pathRegex.pattern': w => `/${w.mostlyFresh(routed(w), ['pattern'])}/[0-9]+(/.*)?`,
    'RouteMatchOptions.headers{}': w => w.mostlyFresh(routed(w), ['x-route', 'accept', 'x-b3']),
    'RouteMatchOptions.withoutHeaders{}': w => w.mostlyFresh(routed(w), ['x-not', 'x-no']),
    'RouteMatchOptions.queryParams{}': w => w.mostlyFresh(routed(w), ['q', 'Page', 'a[]']),
    'RouteMatchOptions.methodMatch': w => (w.given('RouteMatchOptions')!.method === undefined ? undefined : ABSENT),
    // Istio compares it as well: the route that leads here would have to set it.
    'RouteMatchOptions.ignoreCase': w => (isLedTo(w) ? ABSENT : undefined),
    'StringMatch.exact.value': w => texts(w)?.exact(w),
    'StringMatch.prefix.value': w => { const all = texts(w)?.prefix; return all && w.choices.pick(all); },
    'StringMatch.regex.pattern': w => w.choices.pick(texts(w)?.regex ?? ['[0-9]+', '(?i)yes|no', '.*']),
  },
  order: { RouteMatchOptions: ['method'] },
  guards: {
    'RouteMatch.anyPath': w => !w.isTaken(routed(w), 'everything'),
    'StringMatch.present': w => texts(w) === undefined,
  },
  notes: each(['RouteMatch.anyPath'], w => w.take(routed(w), 'everything')),
};
