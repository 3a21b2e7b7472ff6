import { Code } from '../diagnostics/catalogue';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** Whether a text is a DNS label as Kubernetes wants one (RFC 1123): the form of a Service's or a namespace's name. */
export function isDnsLabel(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 63 && DNS_LABEL.test(text);
}

/** Whether a text is a DNS name as Kubernetes wants one: labels joined by dots, at most 253 characters. */
export function isDnsName(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 253 && DNS_NAME.test(text);
}

/** The text, if it is a DNS label; otherwise a refusal that says what was to be named. */
export function dnsLabel(text: unknown, at: Located | string, what: string, code: Code = 'IM0106'): string {
  if (!isDnsLabel(text)) {
    throw new MeshError(code, at, {
      problem: `${what} is no DNS label`,
      got: text,
      allowed: 'at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit',
    });
  }
  return text;
}

/** The text, if it is a DNS name; otherwise a refusal that says what was to be named. */
export function dnsName(text: unknown, at: Located | string, what: string, code: Code = 'IM0106'): string {
  if (!isDnsName(text)) {
    throw new MeshError(code, at, { problem: `${what} is no DNS name`, got: text, allowed: 'labels of lower-case letters, digits and dashes, joined by dots' });
  }
  return text;
}

/**
 * The name of a Service. Stricter than a DNS label: the API server wants a letter first (RFC 1035).
 */
export function serviceName(text: unknown, at: Located | string): string {
  const name = dnsLabel(text, at, 'the name of the service');
  if (!/^[a-z]/.test(name)) {
    throw new MeshError('IM0106', at, {
      problem: 'the name of the service does not begin with a letter',
      got: name,
      allowed: 'a DNS label that begins with a letter',
    });
  }
  return name;
}
