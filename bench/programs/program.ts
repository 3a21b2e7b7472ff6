import { App, AppProps } from 'cdk8s';

/** The library as its users load it. The benchmark uses the compiled library, and its test the sources. */
export type Library = typeof import('cdk8s-istio');

/** A program of a user: a mesh of any size. */
export interface Program {
  /** What the size counts. */
  readonly counts: string;
  /** Fills an App. */
  build(library: Library, app: App, size: number): void;
}

/** The image of a version. */
export function image(name: string, version = 'v1'): string {
  return `shop/${name}:${version}`;
}

/** Numbers from 0. */
export function range(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i);
}

/** The callees of each service, by index: a tree, so that every service has a caller and there is no cycle. */
export function callees(place: number, size: number): number[] {
  return [2 * place + 1, 2 * place + 2].filter(callee => callee < size);
}

/** The App that users of the library make. Earlier builds have none of their own. */
export function appOf({ MeshApp }: Partial<Library>, props?: AppProps): App {
  return MeshApp ? new MeshApp(props) : new App(props);
}
