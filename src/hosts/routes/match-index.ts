import { addTo } from '../../values/get-or-add';
import { HttpMatch, PathMatch } from '../http/http-match';
import { belowPattern } from '../http/path-pattern';
import { OwnedMatch } from '../model/route-action';

interface Entry extends OwnedMatch {
  readonly path: PathMatch;
  readonly place: number;
}

/** A regular expression that takes all paths with some prefix. */
interface OpenEntry extends Entry {
  takes(prefix: string): boolean;
}

/**
 * Finds, among thousands of matches, one that hides another: it comes first and covers the other. The order of matches decides that it has the same path
 * and the same conditions, or that it is a regular expression and the other one a prefix. All others need no comparison.
 */
export class MatchIndex {
  private readonly alike = new Map<string, Entry[]>();
  private readonly prefixes: Entry[] = [];
  private readonly open: OpenEntry[] = [];
  private count = 0;

  public add(owned: OwnedMatch): void {
    const { match, match: { hidingKey, comparedPath: path } } = owned;
    const entry = { match, by: owned.by, path, place: this.count++ };
    addTo(this.alike, hidingKey, entry);
    const takes = path.kind === 'regex' ? belowPattern(path.value) : undefined;
    if (path.kind === 'prefix') {
      this.prefixes.push(entry);
    } else if (takes) {
      this.open.push({ ...entry, takes });
    }
  }

  /** The first match that hides this one, or that this one hides. */
  public conflicting(match: HttpMatch): OwnedMatch | undefined {
    const near = [...this.alike.get(match.hidingKey) ?? [], ...this.across(match.comparedPath)].sort((a, b) => a.place - b.place);
    return near.find(other => (match.compare(other.match) < 0 ? match.covers(other.match) : other.match.covers(match)));
  }

  /** The regular expressions that take a prefix, or the prefixes that a regular expression takes. */
  private across({ kind, value }: PathMatch): Entry[] {
    if (kind === 'prefix') {
      return this.open.filter(({ takes }) => takes(value));
    }
    const takes = kind === 'regex' && this.prefixes.length > 0 ? belowPattern(value) : undefined;
    return takes ? this.prefixes.filter(({ path }) => takes(path.value)) : [];
  }
}
