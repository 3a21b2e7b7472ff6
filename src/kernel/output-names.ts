import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

/** The names of an App's files below its output folder. */
export interface OutputNames {
  /** The construct whose id is the folder of a chart's files. Undefined for the output folder itself. */
  clusterOf(chart: Chart): IConstruct | undefined;
  /** The name of a chart, for its file or folder. */
  nameOf(chart: Chart): string;
}
