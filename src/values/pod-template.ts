import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** What a template says of one pod, by placeholder. */
export type PodFacts = { readonly [placeholder: string]: string };

/**
 * The text of a template for one pod. An unknown placeholder is refused: it would reach the cluster as it is.
 *
 * @param needed placeholders of which the template must have one, where texts of several pods have to differ
 */
export function expandTemplate(template: unknown, facts: PodFacts, at: Located | string, needed: string[] = []): string {
  const known = Object.keys(facts);
  const allowed = known.map(name => `{${name}}`).join(', ');
  if (typeof template !== 'string') {
    throw new MeshError('IM0113', at, { problem: 'the template is no text', got: template, allowed: `a text with ${allowed}` });
  }
  const found = [...template.matchAll(/\{([^{}]*)\}/g)].map(match => match[1]);
  const unknown = found.find(name => !known.includes(name));
  if (unknown !== undefined) {
    throw new MeshError('IM0113', at, { problem: `the template has a placeholder {${unknown}} that nothing is known of`, got: template, allowed });
  }
  if (needed.length > 0 && !needed.some(name => found.includes(name))) {
    throw new MeshError('IM0113', at, {
      problem: 'the template says the same for every pod', got: template, allowed: `a text with ${needed.map(name => `{${name}}`).join(' or ')}`,
    });
  }
  return template.replace(/\{([^{}]*)\}/g, (_, name: string) => facts[name]);
}
