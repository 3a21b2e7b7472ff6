import { CATALOGUE } from '../../src/diagnostics/catalogue';

const HEADER = /^(IM\d{4}) at /;
/** What JavaScript itself says when code looks at something that is not there. */
const ACCIDENT = /Cannot read propert|is not a function|is not iterable|not a constructor|Cannot convert|Cannot use 'in'|undefined \(reading/;

/** What a refusal says, and what no refusal may be. */
export function refusalOf(error: Error): { codes: string[]; message: string; defects: string[] } {
  const synth = /^Validation failed with the following errors:\n {2}/;
  const messages = synth.test(error.message)
    ? error.message.replace(synth, '').split(/\n {2}(?=\[)/).map(text => text.replace(/^\[[^\]]*\] /, ''))
    : [error.message];
  const codes = messages.map(message => HEADER.exec(message)?.[1]).filter(code => code !== undefined);
  const defects = messages.flatMap((message, i) => {
    if (!HEADER.test(message)) return [`an error without a code: ${i === 0 ? error.stack : message}`];
    if (!(HEADER.exec(message)![1] in CATALOGUE)) return [`a code that the catalogue does not have: ${message}`];
    return ACCIDENT.test(message) ? [`an accident with a code on it: ${message}`] : [];
  });
  return { codes: [...new Set(codes)], message: error.message, defects };
}
