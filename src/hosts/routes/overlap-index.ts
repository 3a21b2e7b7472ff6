import { getOrAdd } from '../../values/get-or-add';
import { HttpMatch } from '../http/http-match';
import { OwnedMatch } from '../model/route-action';

interface Entry {
  readonly owned: OwnedMatch;
  /** The number of the object that the match is in. */
  readonly group: number;
  readonly place: number;
}

/** Matches by their paths: those that a request may meet as well as a given match are among a few. */
class Paths {
  private readonly all: Entry[] = [];
  private readonly patterns: Entry[] = [];
  private readonly byText = new Map<string, Entry[]>();
  /** The texts, sorted. */
  private readonly texts: string[] = [];

  public add(entry: Entry): void {
    this.all.push(entry);
    const { kind, value } = entry.owned.match.comparedPath;
    if (kind === 'regex') {
      this.patterns.push(entry);
      return;
    }
    const text = value.toLowerCase();
    getOrAdd(this.byText, text, (): Entry[] => {
      this.texts.splice(this.placeOf(text), 0, text);
      return [];
    }).push(entry);
  }

  public near(match: HttpMatch): Entry[] {
    const { kind, value } = match.comparedPath;
    if (kind === 'regex') {
      return this.all;
    }
    const text = value.toLowerCase();
    const near = Array.from({ length: text.length + 1 }, (_, end) => text.slice(0, end));
    for (let i = this.placeOf(text); kind === 'prefix' && this.texts[i]?.startsWith(text); i++) {
      near.push(this.texts[i]);
    }
    return [...this.patterns, ...near.flatMap(each => this.byText.get(each) ?? [])];
  }

  /** The first place whose text is not before this one. */
  private placeOf(text: string): number {
    let [low, high] = [0, this.texts.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      [low, high] = this.texts[middle] < text ? [middle + 1, high] : [low, middle];
    }
    return low;
  }
}

/** The matches of several objects for one host. It finds one that shares requests with a match of another object. Istio moves catch-all routes behind all others. */
export class OverlapIndex {
  private readonly catchAll = new Paths();
  private readonly others = new Paths();
  private count = 0;

  /** @param group the number of the object */
  public add(owned: OwnedMatch, group: number): void {
    this.pathsFor(owned.match).add({ owned, group, place: this.count++ });
  }

  /** The first match, in the order of objects and then of addition, that shares requests with a match. */
  public first(match: HttpMatch, isOther: (group: number) => boolean): OwnedMatch | undefined {
    const near = this.pathsFor(match).near(match).filter(({ group, owned }) => isOther(group) && owned.match.overlaps(match));
    const [first] = [...new Set(near)].sort((a, b) => a.group - b.group || a.place - b.place);
    return first?.owned;
  }

  private pathsFor(match: HttpMatch): Paths {
    return match.isCatchAll ? this.catchAll : this.others;
  }
}
