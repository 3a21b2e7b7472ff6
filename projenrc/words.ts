/**
 * Words and phrases that this repository does not use, each with what to write instead. `test/words.test.ts` refuses them.
 *
 *   tsx --tsconfig tsconfig.dev.json projenrc/words.ts              counts for each folder and word
 *   tsx --tsconfig tsconfig.dev.json projenrc/words.ts --list src   every place in a folder or file
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A pattern of words, and what to write instead. */
const WORDS: readonly (readonly [pattern: string, instead: string])[] = [
  ['(has|have) spoken|spoken|speaks? first|who speaks', 'at synthesis; uses a protocol; server-first'],
  ['nobody|somebody|someone|anybody|everybody', 'name the actor, or use an adjective: undeclared, unknown, no caller, another team'],
  ['whoever|whomever|of whom|to whom', 'name the actor: the caller, the construct, the user'],
  ['without a word|unsaid|in so many words', 'without a setting; by default'],
  ['(is|are|was|were|be|been|has|have|nothing) said|said (of|for|by|so|in|to)', 'is set; is declared; the setting'],
  ['says? (so|nothing|otherwise)|said otherwise', 'sets; does not set; overrides'],
  ['ways? (out|in|around)|on the way', 'egress; ingress; on the path'],
  ['tries|(try|tried) again', 'attempts; retries; retried'],
  ['strangers?', 'unknown; untrusted; undeclared'],
  ['twins?', 'duplicate'],
  ['entrances?|(?<![\'/])doors?(?!\')', 'listener'],
  ['detours?', 'path through the gateway'],
  ['legs?', 'hop'],
  ['facets?', 'setting'],
  ['rivals?', 'alternative'],
  ['insists?', 'requires'],
  ['(is|are) told', 'receives; istiod sends; set'],
  ['(of|for|on) one\'s own', 'separate; dedicated'],
  ['(lets?|gets?) in|lets? through', 'allows; accepts; enters'],
  ['hand(s|ed)? on', 'forwards; passes'],
  ['pass(es|ed)? over', 'ignores'],
  ['(goes|go) before', 'overrides; precedes'],
  ['(that|which) (is|are) none', 'invalid; not a …'],
  ['(that|which) cannot be(?= *[.,;:)\'"])', 'refused; impossible'],
  ['made (here|elsewhere)', 'that the App creates; existing'],
  ['what of (it|them|this)|knows? better', 'write a full sentence with a subject'],
  ['all the same', 'anyway; still'],
  ['anew', 'again'],
  ['for ever', 'forever'],
  ['clear text', 'plain text'],
];

const PATTERNS = WORDS.map(([pattern, instead]) => ({ pattern, instead, regex: new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w-])`, 'gi') }));

/** Folders and files with texts by hand. */
export const PLACES = [
  'src', 'test', 'docs', 'examples', 'conformance', 'bench', 'projenrc', 'findings', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', '.projenrc.ts',
];

/** Generated files, files of other tools, and this list. */
const SKIPPED = /(^|\/)(node_modules|manifests|\.cache|reports|crds|__snapshots__|go\.sum|package\.json)(\/|$)|shapes\.ts$|mesh-config-fields\.ts$|docs\/(options\.md|api\/)|projenrc\/words\.ts$/;

/** A word where it must not be. */
export interface Use {
  readonly file: string;
  readonly pattern: string;
  readonly instead: string;
  readonly excerpt: string;
}

/** The uses of the words in a place below a root folder. */
export function uses(root: string, place: string): Use[] {
  return files(root, place).flatMap(file => {
    const text = plain(readFileSync(join(root, file), 'utf8'));
    return PATTERNS.flatMap(({ regex, pattern, instead }) => [...text.matchAll(regex)].map(({ index, 0: word }) => ({
      file, pattern, instead, excerpt: `…${text.slice(Math.max(0, index - 40), index + word.length + 40)}…`,
    })));
  });
}

function files(root: string, place: string): string[] {
  const path = join(root, place);
  if (SKIPPED.test(place) || !existsSync(path)) return [];
  if (statSync(path).isDirectory()) return readdirSync(path).sort().flatMap(name => files(root, `${place}/${name}`));
  return /\.(ts|md|go|sh|yaml)$/.test(place) ? [place] : [];
}

/** A text on one line, without the marks of comments, so that phrases match over the end of a line. Parts between `words: off` and `words: on` are left out. */
function plain(text: string): string {
  return text.replace(/words: off[^]*?words: on/g, '').replace(/\s*\n\s*(?:\/\/|\*|#|>)?\s*/g, ' ');
}

if (require.main === module) {
  const [, , option, place] = process.argv;
  const root = option === '--root' ? place : join(__dirname, '..');
  if (option === '--list') {
    uses(root, place).forEach(({ file, excerpt, instead }) => console.log(`${file}: ${excerpt}\n  instead: ${instead}`));
  } else {
    const found = PLACES.map(each => ({ place: each, all: uses(root, each) })).filter(({ all }) => all.length > 0);
    found.forEach(({ place: each, all }) => console.log(`${String(all.length).padStart(5)}  ${each}`));
    console.log('');
    WORDS.map(([pattern]) => ({ pattern, count: found.flatMap(({ all }) => all).filter(use => use.pattern === pattern).length }))
      .filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
      .forEach(({ pattern, count }) => console.log(`${String(count).padStart(5)}  ${pattern}`));
  }
}
