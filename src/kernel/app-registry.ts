import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { OutputNames } from './output-names';

/** The kernel's registers for an App as a whole. Get them by `appRegistryOf(scope, AppRegistry)`. */
export class AppRegistry {
  /** Namespaces, by the construct that declares one for all that is below it. Written by `declareNamespace`. Complete in the constructor of the scope. */
  public readonly namespaces = new Map<IConstruct, string>();

  /** Constructs of production environments. Written by `Production.mark`. Complete at synthesis. */
  public readonly production = new Set<IConstruct>();

  /** The App's own cluster, if no other one is above a construct. Written by `MeshCluster.of`. Complete on first use. */
  public cluster?: IConstruct;

  /** Ids of the objects that constructs of this library write, by parent. Written by `owned` and `adopt`. Complete at synthesis. */
  public readonly ownedObjects = new Map<IConstruct, string | Set<string>>();

  /** Specs that decide the place of an object, by object. Written by `placedBy`. Complete at synthesis. */
  public readonly orderSpecs = new Map<ApiObject, object>();

  /** Objects in the order of the output, by chart. Written by `orderObjects`. Complete when cdk8s validates the App. */
  public readonly chartOrders = new Map<Chart, { objects?: ApiObject[] }>();

  /** Objects whose text is checked when cdk8s renders them. Written by `watchPrinting`. Complete when cdk8s validates the App. */
  public readonly checkedObjects = new Set<ApiObject>();

  /** Names that `app.synth()` gives to the files of charts, by chart. Written by `placeOf`. Complete when cdk8s validates the App. */
  public readonly chartNames = new Map<Chart, string>();

  /** Other names of files, and whether the names are checked. Written by `withNames` and `watchOutput`. Complete during `synthFolders`. */
  public readonly output: { names?: OutputNames; isChecked?: boolean } = {};
}
