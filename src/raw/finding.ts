import { Ground } from './ground';
import { Manifest } from './manifest';
import { Code } from '../diagnostics/catalogue';
import { Refusal } from '../diagnostics/refusal';

/** What an object contradicts. */
export interface Finding extends Refusal {
  readonly code: Code;
}

/** Compares an object that no construct wrote with what constructs own. */
export type Comparison = (unknown: Manifest, ground: Ground) => Finding[];
