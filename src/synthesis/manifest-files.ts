import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Names, YamlOutputType } from 'cdk8s';
import { ManifestText } from './manifest-text';
import { Manifest } from './rendered-object';
import { RenderedChart, renderCharts } from './synthesis';

/** The documents of all charts of an App, as `app.synthYaml()` of cdk8s returns them. */
export function textOf(app: App): string {
  const text = new ManifestText();
  const documents: string[] = [];
  renderCharts(app, ({ objects }) => text.all(objects, documents));
  return ManifestText.joined(documents);
}

/**
 * Writes the files that `app.synth()` of cdk8s writes. cdk8s writes the files of a chart before it renders the next one. Here, all charts are rendered
 * before the first file is written, so an error leaves all files as they are.
 */
export function writeFiles(app: App): void {
  mkdirSync(app.outdir, { recursive: true });
  const text = new ManifestText();
  const files = new Files(app);
  const { recordConstructMetadata } = app as unknown as { readonly recordConstructMetadata: boolean }; // private in cdk8s
  const paths: { [name: string]: { readonly path: string } } = {};
  renderCharts(app, chart => {
    files.add(chart, text);
    if (recordConstructMetadata) {
      chart.apiObjects().forEach(({ name, node }) => {
        paths[name] = { path: node.path };
      });
    }
  });
  files.write();
  if (recordConstructMetadata) {
    writeFileSync(join(app.outdir, 'construct-metadata.json'), JSON.stringify({ version: '1.0.0', resources: paths }));
  }
}

/** The files of an App in memory. */
class Files {
  private readonly folders = new Set<string>();
  private readonly documents = new Map<string, string[]>();
  private charts = 0;

  public constructor(private readonly app: App) {}

  public add(rendered: RenderedChart, text: ManifestText): void {
    const name = `${rendered.isNumbered ? `${String(this.charts).padStart(4, '0')}-` : ''}${Names.toDnsLabel(rendered.chart)}`;
    this.charts++;
    switch (this.app.yamlOutputType) {
      case YamlOutputType.FILE_PER_APP:
        text.all(rendered.objects, this.open('app'));
        break;
      case YamlOutputType.FILE_PER_CHART:
        text.all(rendered.objects, this.open(name));
        break;
      case YamlOutputType.FILE_PER_RESOURCE:
        // cdk8s takes the name from the manifest, which patches can change,
        for (const object of rendered.objects) {
          if (object.manifest !== undefined) {
            this.addSingle('', object.manifest, text.of(object));
          }
        }
        break;
      case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
        this.folders.add(name);
        // and here from the object.
        for (const object of rendered.ownObjects()) {
          this.addSingle(name, object.of, text.of(object));
        }
        break;
      default: // cdk8s writes nothing either
    }
  }

  public write(): void {
    for (const folder of this.folders) {
      mkdirSync(join(this.app.outdir, folder), { recursive: true });
    }
    for (const [file, documents] of this.documents) {
      writeFileSync(join(this.app.outdir, `${file}${this.app.outputFileExtension}`), ManifestText.joined(documents));
    }
  }

  /** The documents of a file. A chart without objects also has a file. */
  private open(file: string): string[] {
    const documents = this.documents.get(file) ?? [];
    this.documents.set(file, documents);
    return documents;
  }

  /** A file of one object. As with cdk8s, the last object of a name is kept; a `MeshCluster` refuses the second. */
  private addSingle(folder: string, { kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>, document: string): void {
    this.documents.set(join(folder, `${kind}.${metadata.name}`.replace(/[^0-9a-zA-Z-_.]/g, '')), [document]);
  }
}
