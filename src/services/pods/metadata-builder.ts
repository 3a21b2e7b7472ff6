import { ApiObjectMetadataDefinition, Lazy } from 'cdk8s';
import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { FieldOwnership } from '../../kernel/field-ownership';
import { writtenMetadata } from '../../kernel/written-metadata';
import { annotation, label } from '../../values/labels';

/**
 * Labels and annotations that constructs add to an object, or to the pods of a workload, after its creation: for DNS
 * capture, scraping, `exportTo`, or the end of a job. cdk8s renders metadata at synthesis, so constructs can add them at any time.
 */
export class MetadataBuilder {
  private labels?: FieldOwnership<string>;
  private annotations?: FieldOwnership<string>;

  /** @param subject the owner of the metadata in messages: `the pods of reviews-v1` */
  public constructor(protected readonly subject: string, protected readonly metadata: ApiObjectMetadataDefinition) {}

  /**
   * Adds a label. An existing label must have the same value.
   *
   * @param when whether it is written, read at synthesis. By default it is always written
   */
  public addLabel(key: string, value: string, source: IConstruct, when?: () => boolean): void {
    label(key, value, source);
    this.labels ??= new FieldOwnership(`the labels of ${this.subject}`, 'IM1110');
    this.checkFree('label', key, this.metadata.getLabel(key), this.labels.get(key), value, source);
    this.labels.set(key, value, source);
    this.metadata.addLabel(key, whenTrue(value, when));
  }

  /** Adds an annotation, as `addLabel` adds a label. */
  public addAnnotation(key: string, value: string, source: IConstruct, when?: () => boolean): void {
    annotation(key, value, source);
    const { annotations } = writtenMetadata(source, this.metadata);
    this.annotations ??= new FieldOwnership(`the annotations of ${this.subject}`, 'IM1110');
    this.checkFree('annotation', key, annotations[key], this.annotations.get(key), value, source);
    this.annotations.set(key, value, source);
    this.metadata.addAnnotation(key, whenTrue(value, when));
  }

  /** Refuses a value that differs from the metadata at the creation of the object. */
  private checkFree(what: string, key: string, written: string | undefined, claimed: string | undefined, value: string, source: IConstruct): void {
    if (written !== undefined && claimed === undefined && written !== value) {
      throw new MeshError('IM1110', source, { problem: `${this.subject} already have the ${what} ${key} with another value`, got: value, allowed: written });
    }
  }
}

function whenTrue(value: string, when?: () => boolean): string {
  return when ? Lazy.any({ produce: () => (when() ? value : undefined) }) as unknown as string : value;
}
