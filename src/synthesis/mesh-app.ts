import { App, AppProps, Chart } from 'cdk8s';
import { isKnownCdk8s } from './cdk8s-release';
import { textOf, writeFiles } from './manifest-files';
import { renderChart } from './synthesis';
import { MeshError } from '../diagnostics/mesh-error';

/**
 * An App of cdk8s that synthesizes several times faster. Use it in place of `App`: it has the same properties and methods, and it writes the same
 * files, byte for byte.
 *
 * cdk8s validates and walks all constructs again for each chart, and copies each object several times before it prints it. A `MeshApp` does each step once.
 * Two things differ on purpose: values that `kubectl` would read as another value or type are refused in every object (IM1016), and an
 * error leaves all files as they are, because the first file is written after the last object is rendered.
 *
 * Releases of cdk8s other than 2.70 run their own synthesis.
 *
 * @see https://cdk8s.io/docs/latest/basics/app/
 *
 * @example
 *
 * const app = new MeshApp();
 * const chart = new Chart(app, 'shop');
 * new MeshNamespace(chart, 'shop');
 * app.synth();
 */
export class MeshApp extends App {
  /**
   * The manifests of one chart, as `Testing.synth(chart)` of cdk8s returns them. The whole App is validated first. Use it in tests.
   *
   * @param chart the chart, of a `MeshApp` or of another App
   */
  public static synthChart(chart: Chart): any[] { // eslint-disable-line @typescript-eslint/no-explicit-any -- the type of `Testing.synth()`
    if (!Chart.isChart(chart)) {
      throw new MeshError('IM0001', 'MeshApp.synthChart()', { problem: 'this is no chart', got: chart, allowed: 'a Chart of cdk8s' });
    }
    return renderChart(chart);
  }

  /**
   * @param props the properties of an `App` of cdk8s; values of another type are refused (IM0001)
   */
  public constructor(props: AppProps = {}) {
    super(checked(props));
  }

  /** Writes the manifests into the output folder. */
  public override synth(): void {
    if (isKnownCdk8s()) {
      writeFiles(this);
    } else {
      super.synth();
    }
  }

  /** The manifests of all charts in one text. */
  public override synthYaml(): string {
    return isKnownCdk8s() ? textOf(this) : super.synthYaml();
  }
}

/** The types of the properties that an App of cdk8s 2.70 has. */
const TYPES: { readonly [property: string]: string } = {
  outdir: 'string', outputFileExtension: 'string', yamlOutputType: 'number', recordConstructMetadata: 'boolean', resolvers: 'object',
};

function checked(props: AppProps): AppProps {
  if (typeof props !== 'object' || props === null || Array.isArray(props)) {
    throw new MeshError('IM0001', 'MeshApp', { problem: 'the object of properties is of the wrong type', got: props, allowed: 'the properties of an App of cdk8s' });
  }
  for (const [name, value] of Object.entries(props)) {
    if (value !== undefined && name in TYPES && typeof value !== TYPES[name]) {
      throw new MeshError('IM0001', 'MeshApp', { problem: `${name} is of the wrong type`, got: value, allowed: `a value of type ${TYPES[name]}` });
    }
  }
  return props;
}
