/** An unchecked part of a manifest. */
export type Json = unknown;

/** The value at a path. Undefined if there is none. */
export function at(json: Json, ...path: string[]): Json {
  return path.reduce<Json>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, Json>)[key] : undefined), json);
}

/** The members of a list; none if the value is not a list. */
export function list(json: Json, ...path: string[]): Json[] {
  const value = at(json, ...path);
  return Array.isArray(value) ? value : [];
}

/** The texts of a list. */
export function texts(json: Json, ...path: string[]): string[] {
  return list(json, ...path).filter(member => typeof member === 'string');
}

/** The text at a path. */
export function text(json: Json, ...path: string[]): string | undefined {
  const value = at(json, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The map of texts at a path. Undefined if there is no map. */
export function labelsAt(json: Json, ...path: string[]): { [key: string]: string } | undefined {
  const value = at(json, ...path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as { [key: string]: string } : undefined;
}
