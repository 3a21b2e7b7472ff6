import { OwnedMatch, RoutedMatch } from './route-action';
import { getOrAdd } from '../../values/get-or-add';
import { HttpMatch } from '../http/http-match';

/** The routes of a host in Envoy's order. It finds those whose condition on the path can hold, without a search of all. */
export class RouteTable<R extends RoutedMatch = RoutedMatch & OwnedMatch> {
  private readonly exact = new Map<string, number[]>();
  private readonly prefixes = new Map<string, number[]>();
  private readonly patterns: number[] = [];
  private readonly places = new Map<R, number>();
  private readonly byDelegate = new Map<string, R[]>();

  public constructor(private readonly routes: readonly R[]) {
    routes.forEach((route, place) => {
      const { match: { comparedPath: { kind, value } }, action: { delegate } } = route;
      this.places.set(route, place);
      if (delegate) {
        getOrAdd(this.byDelegate, `${delegate.namespace}/${delegate.name}`, (): R[] => []).push(route);
      }
      if (kind === 'regex') {
        this.patterns.push(place);
      } else {
        getOrAdd(kind === 'exact' ? this.exact : this.prefixes, value.toLowerCase(), (): number[] => []).push(place);
      }
    });
  }

  /** The routes that may take a request for a path. */
  public taking(path: string): R[] {
    return this.inOrder([...this.exact.get(path.toLowerCase()) ?? [], ...this.above(path)]);
  }

  /** The routes that may cover a match, which means that they take all of its requests. */
  public covering(match: HttpMatch): R[] {
    const { kind, value } = match.comparedPath;
    return kind === 'regex' ? this.inOrder(this.above('/')) : this.taking(value);
  }

  /** Whether a route comes before another one. */
  public isBefore(one: R, other: R): boolean {
    return this.places.get(one)! < this.places.get(other)!;
  }

  /** The routes that delegate to delegated routes. */
  public delegatingTo(namespace: string, name: string): readonly R[] {
    return this.byDelegate.get(`${namespace}/${name}`) ?? [];
  }

  /** The prefixes of a path, and all patterns. */
  private above(path: string): number[] {
    const beginnings = Array.from({ length: path.length + 1 }, (_, end) => path.slice(0, end).toLowerCase());
    return [...this.patterns, ...beginnings.flatMap(beginning => this.prefixes.get(beginning) ?? [])];
  }

  private inOrder(places: number[]): R[] {
    return places.sort((a, b) => a - b).map(place => this.routes[place]);
  }
}
