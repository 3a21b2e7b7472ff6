import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** Names that JavaScript's objects have a meaning for, and that cdk8s cannot write. */
export const UNWRITABLE = ['constructor', '__proto__'];

/** The name, if it is that of a header, as Envoy compares them: in lower case. The host and pseudo-headers are none. */
export function headerName(name: unknown, at: Located | string, code: Code, next?: string): string {
  if (typeof name !== 'string' || !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || name === 'host' || UNWRITABLE.includes(name)) {
    throw new MeshError(code, at, {
      problem: code === 'IM1308' ? 'the text is not a header name that a route can match' : 'the text is not a header name that a route can change',
      got: name,
      allowed: `lower-case letters, digits and dashes; host, path and method have ${code === 'IM1308' ? 'conditions' : 'properties'} of their own`,
      ...next === undefined ? {} : { next },
    });
  }
  return name;
}
