import { ApiObject, Yaml } from 'cdk8s';
import { isKnownCdk8s } from './cdk8s-release';
import { misreadError } from './misread-error';
import { Rendered } from './synthesis';
import { YamlText } from './yaml-text';

/** The text of manifests. One is used for a whole synthesis. */
export class ManifestText {
  /** Documents in one text, as cdk8s joins them. */
  public static joined(documents: readonly string[]): string {
    return documents.join('---\n');
  }

  private readonly yaml = new YamlText();

  /** Adds a document for each manifest. */
  public all(rendered: Iterable<Rendered>, documents: string[]): void {
    for (const each of rendered) {
      documents.push(this.of(each));
    }
  }

  /** One document. Refuses a value that Kubernetes would read as something else. */
  public of({ of, manifest }: Rendered): string {
    if (!isKnownCdk8s()) {
      return Yaml.stringify(manifest);
    }
    return this.yaml.document(manifest, misread => {
      throw misreadError(of, misread, ApiObject.isApiObject(of) ? of : { kind: manifest.kind, name: manifest.metadata.name });
    });
  }
}
