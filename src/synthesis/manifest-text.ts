import { Yaml } from 'cdk8s';
import { Rendered } from './synthesis';

/** The text of manifests. One is used for a whole synthesis. */
export class ManifestText {
  /** Documents in one text, as cdk8s joins them. */
  public static joined(documents: readonly string[]): string {
    return documents.join('---\n');
  }

  /** One document. */
  public of({ manifest }: Rendered): string {
    return Yaml.stringify(manifest);
  }
}
