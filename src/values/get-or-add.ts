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

/** Adds a value to the list of a key. Most lists have one value, and an empty list that grows takes memory for many. */
export function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) {
    known.push(value);
  } else {
    map.set(key, [value]);
  }
}
