/** The value of a key. It is made and added on first use. */
export function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const added = make();
  map.set(key, added);
  return added;
}
