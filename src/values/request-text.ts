import { escaped } from './request-path';
import { StringMatch } from './string-match';
import { MeshError } from '../diagnostics/mesh-error';

/** The condition on the value of a header, if a value can meet it: proxies take blanks around values away. */
export function headerValue(name: string, match: StringMatch, at: string): StringMatch {
  const { _kind: kind, _value: value } = match;
  const blank = kind === 'exact' ? /^\s|\s$/ : /^\s/;
  if ((kind === 'exact' || kind === 'prefix') && blank.test(value)) {
    const right = kind === 'exact' ? value.trim() : value.trimStart();
    throw new MeshError('IM1308', at, {
      problem: `the value of ${name} never has blanks around it: proxies take them away`,
      got: value,
      allowed: right === '' ? 'a text that is not blank' : right,
      next: right === '' ? 'match on presence with StringMatch.present()' : 'drop the blanks',
    });
  }
  return match;
}

/** What clients write as an escape in a query. An ampersand ends a parameter, and clients do not send a fragment. */
const UNSAFE = /[\x00-\x20"#&<>\x7f]|[^\x00-\x7f]/; // eslint-disable-line no-control-regex

/** The name of a parameter of the query, if a query can have it. */
export function queryName(name: string, at: string, code: 'IM1308' | 'IM1640' = 'IM1308'): string {
  return queryText(name, /=/, `the name ${JSON.stringify(name)}`, at, code);
}

/** The condition on a parameter of the query, if a query can meet it: it is compared as it stands in the address, with its escapes. */
export function queryValue(name: string, match: StringMatch, at: string): StringMatch {
  if (match._kind === 'exact' || match._kind === 'prefix') {
    queryText(match._value, /[^]^/, `the value of ${name}`, at, 'IM1308');
  }
  return match;
}

function queryText(text: string, besides: RegExp, what: string, at: string, code: 'IM1308' | 'IM1640'): string {
  if (UNSAFE.test(text) || besides.test(text)) {
    const right = escaped(text).replace(/[#&=]/g, character => (character === '=' && !besides.test('=') ? '=' : `%${character.charCodeAt(0).toString(16).toUpperCase()}`));
    throw new MeshError(code, at, {
      problem: `${what} is compared as it stands in the address, where such a text is escaped: no request would have it`, got: text, allowed: right, next: `write ${right}`,
    });
  }
  return text;
}
