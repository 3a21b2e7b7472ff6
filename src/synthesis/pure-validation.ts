import { IConstruct, IValidation } from 'constructs';

/** A validation that changes no construct, so answers that were derived before it stay valid. */
export abstract class PureValidation implements IValidation {
  public abstract validate(): string[];
}

/** Whether the validations of a construct change nothing. Those of other libraries may. */
export function validatesPurely({ node }: IConstruct): boolean {
  const { _validations } = node as unknown as { readonly _validations?: readonly IValidation[] }; // private in constructs
  return _validations?.every(validation => validation instanceof PureValidation) ?? false;
}
