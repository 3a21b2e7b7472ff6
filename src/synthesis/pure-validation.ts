import { IConstruct, IValidation } from 'constructs';

const PURE = Symbol('cdk8s-istio pure validation');

/** A validation that changes no construct, so answers that were derived before it stay valid. */
export abstract class PureValidation implements IValidation {
  public abstract validate(): string[];
}

/** The validations of a construct, in their order. They are private in constructs. */
export function validationsOf({ node }: IConstruct): IValidation[] {
  return (node as unknown as { readonly _validations?: IValidation[] })._validations ?? [{ validate: () => node.validate() }];
}

/** Whether a validation changes nothing. Those of other libraries and of users may. */
export function isPure(validation: IValidation): boolean {
  return validation instanceof PureValidation || (validation as { [PURE]?: boolean })[PURE] === true;
}

/** Marks all validations that a construct of another library has so far as pure. */
export function markPure(construct: IConstruct): void {
  validationsOf(construct).forEach(validation => Object.defineProperty(validation, PURE, { value: true }));
}
