import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { tidy, Values } from './values';

/**
 * One of Istio's Helm charts as it is installed: its name, and its values.
 *
 * Values are no manifest, and a file without a kind among manifests is refused by `kubectl apply`: they belong to the tool that installs
 * the chart to say.
 *
 * @see https://istio.io/latest/docs/setup/install/helm/
 */
export class IstioChart {
  /** @internal */
  public static _create(chart: string, release: string, namespace: string, values: () => Values): IstioChart {
    return new IstioChart(chart, release, namespace, values);
  }

  private constructor(
    /** The name of the chart: `base`, `cni`, `istiod`, `gateway`. */ public readonly chart: string,
    /** The name of the release. */ public readonly release: string,
    /** The namespace that the chart is installed into. */ public readonly namespace: string,
    private readonly render: () => Values,
  ) {}

  /**
   * The values that are set here; all others are the chart's. Complete when all constructs are there.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- plain data: jsii has no other word for it
  public get values(): { [field: string]: any } {
    return tidy(this.render());
  }

  /**
   * The text of a file of values, for `helm upgrade --values`. Complete when all constructs are there.
   */
  public toYaml(): string {
    return `${Yaml.stringify(this.values).trimEnd()}\n`;
  }
}

/** Writes what delivers a chart of an install, after others. */
export type Deliver = (install: Installed, chart: IstioChart, after: IstioChart[]) => void;

/** What is known of an install to those who deliver it: the name of its own objects says the revision, not where it stands. */
export interface Installed {
  readonly scope: Construct;
  readonly name: string;
}
