import { Ground } from './ground';
import { Manifest } from './manifest';
import { Code } from '../diagnostics/catalogue';
import { Refusal } from '../diagnostics/refusal';

/** A contradiction between an object and a construct. */
export interface Finding extends Refusal {
  readonly code: Code;
}

/** Compares an object that no construct creates with the objects that constructs own. */
export type Comparison = (unknown: Manifest, ground: Ground) => Finding[];
