import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** The text, if access logs and statistics can have it as a name. */
export function loggedName(name: string, at: Located | string, what: string): string {
  if (!/^[!-~]+$/.test(name)) {
    throw new MeshError('IM0106', at, { problem: `${what} is none for logs and statistics`, got: name, allowed: 'letters, digits and signs of ASCII, without blanks', next: 'shorten it to such' });
  }
  return name;
}
