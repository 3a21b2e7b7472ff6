/** The word of a list that a misspelled word stands for: the nearest of those that differ in few letters, or the one that differs in case alone. */
export function nearest(word: string, words: string[]): string | undefined {
  const most = Math.max(1, Math.floor((word.length + 2) / 3));
  const [best] = words
    .map(candidate => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance: letters }) => letters <= most)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return best?.candidate;
}

/** How many letters differ: added, dropped or changed. Words of very different length, and long ones, are not compared. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 8 || one.length > 64) {
    return Infinity;
  }
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  [...one].forEach((letter, i) => {
    const next = [i + 1];
    [...other].forEach((theirs, j) => next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (letter === theirs ? 0 : 1))));
    row = next;
  });
  return row[other.length];
}
