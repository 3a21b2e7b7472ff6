/** Characters that need escapes or several lines: controls but tabs, and halves of pairs. Only cdk8s prints such a text, but for regular blocks. */
const ODD = /[\0-\x08\n-\x1f\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Texts with a meaning in YAML: indicators and blanks at the start, a comment, the end of a key. */
const MARKED = /^[\t !"#%&'*,>@[\]`{|}]|^[-?](?:[\t ]|$)|[\t ]#|:[\t ]|[\t :]$/;

/** Words that YAML 1.1 reads as a boolean or null. */
const WORD = /^(?:|~|null|Null|NULL|[yYnN]|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;

/** The first characters of numbers, and of an exponent without a number. */
const NUMBER_START = /^[-+.\deE]/;

/** Numbers of YAML 1.1: decimal, also to the base of 60; with an exponent; binary or hexadecimal; without bounds. */
const NUMBER = new RegExp(`^[-+]?(?:${[
  '\\d[\\d_]*(?::[0-5]?\\d)*(?:\\.[\\d_]*)?', '\\.[\\d_]*', '(?:\\d[\\d_]*)?(?:\\.[\\d_]*)?[eE][-+]?\\d+', '0b[01_]+', '0x[\\da-fA-F_]+', '\\.(?:inf|Inf|INF)',
].join('|')})$|^\\.(?:nan|NaN|NAN)$`);

/** A day, or a day and a time. */
const TIMESTAMP = /^\d{4}-\d\d?-\d\d?(?:(?:[tT]|[\t ]+)\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:[\t ]*(?:Z|[-+][012]?\d(?::\d\d)?))?)?$/;

/** A line that begins like the next document, or like a directive. cdk8s quotes such a key at the top of a document. */
const DOCUMENT_START = /(?:^|[\u2028\u2029])(?:%|---|\.\.\.)/;

/** Characters that need a closer look. Most texts have none. */
const SPECIAL = /[^\t\n -~]/;

/** Whether a text has controls, or characters that are not ASCII. */
export function hasSpecial(text: string): boolean {
  return SPECIAL.test(text);
}

/** Whether the text of a line depends on its place, or is more than a line. */
export function isOdd(text: string): boolean {
  return ODD.test(text);
}

/** Whether a key looks like the start of a document. */
export function startsDocument(key: string): boolean {
  return DOCUMENT_START.test(key);
}

/** A text that is not odd, as cdk8s prints it: plain, or in quotes. */
export function lineText(text: string): string {
  if (!MARKED.test(text) && !WORD.test(text) && !(NUMBER_START.test(text) && (NUMBER.test(text) || TIMESTAMP.test(text)))) {
    return text;
  }
  return text.includes('"') && !text.includes('\'') ? `'${text}'` : JSON.stringify(text);
}

/** Several lines as cdk8s prints them after a line break and an indentation. Undefined if they are not regular. */
export function blockText(text: string, lineBreak: string): string | undefined {
  // It begins and ends with a character, and has at most one line feed after the last.
  const isRegular = /^\S/.test(text) && /\S\n?$/.test(text.slice(-2));
  if (!isRegular || (SPECIAL.test(text) && ODD.test(text.replace(/\n/g, '')))) {
    return undefined;
  }
  const isOpen = !text.endsWith('\n');
  const lines = isOpen ? text : text.slice(0, -1);
  // An empty line has no indentation.
  return `|${isOpen ? '-' : ''}${lineBreak}${lines.replace(/\n(?!\n)/g, lineBreak)}`;
}
