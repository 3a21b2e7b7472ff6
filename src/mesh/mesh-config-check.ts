import { MESH_CONFIG, ONE_OF } from './mesh-config-fields';
import { NEW_IN } from './mesh-config-releases';
import { isObject } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';
import { IstioRelease } from '../values/release';

/** What a plain value of a field has to be, beside what JavaScript calls it. */
const PLAIN: { readonly [type: string]: { readonly holds: (value: unknown) => boolean; readonly allowed: string } } = {
  boolean: { holds: value => typeof value === 'boolean', allowed: 'true or false' },
  string: { holds: value => typeof value === 'string', allowed: 'a text' },
  number: { holds: value => typeof value === 'number', allowed: 'a number' },
  int: { holds: value => Number.isSafeInteger(value), allowed: 'a whole number' },
  uint: { holds: value => Number.isSafeInteger(value) && Number(value) >= 0, allowed: 'a whole number, from 0 on' },
  duration: { holds: value => typeof value === 'string' && /^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value), allowed: 'a time with its units, such as 500ms, 10s or 1h30m' },
};

/**
 * Refuses fields that Istio's mesh config does not have: istiod ignores a field that it does not know, and the whole
 * configuration where a value is none.
 */
export function checkMeshConfig(config: unknown, at: Located | string, release: IstioRelease, path = 'meshConfig'): void {
  checkMessage('MeshConfig', config, path);

  function checkMessage(message: string, value: unknown, where: string): void {
    if (!isObject(value)) {
      refuse(where, value, `an object of ${message}: ${Object.keys(MESH_CONFIG[message]).join(', ')}`);
    }
    for (const [name, given] of Object.entries(value).filter(([, each]) => each !== undefined)) {
      const field = `${message}.${name}`;
      const type = Object.keys(MESH_CONFIG[message]).includes(name) ? MESH_CONFIG[message][name] : unknown(message, name, where);
      checkRelease(field, `${where}.${name}`);
      checkValue(type, field, given, `${where}.${name}`);
    }
    const both = ONE_OF[message]?.map(group => group.filter(name => value[name] !== undefined)).find(names => names.length > 1);
    if (both) {
      throw new MeshError('IM1616', at, { problem: `${where} holds one of ${both.join(' and ')}, and not both`, got: both, next: 'drop all but one' });
    }
  }

  function checkValue(type: string, field: string, value: unknown, where: string): void {
    if (type.endsWith('[]')) {
      if (!Array.isArray(value)) {
        refuse(where, value, 'a list');
      }
      Array.from(value).forEach((element, i) => checkValue(type.slice(0, -2), field, element, `${where}[${i}]`));
    } else if (type.startsWith('{')) {
      if (!isObject(value)) {
        refuse(where, value, 'an object of names and values');
      }
      Object.entries(value).forEach(([key, element]) => checkValue(type.slice(1, -1), field, element, `${where}.${key}`));
    } else if (type.startsWith('=')) {
      if (!type.slice(1).split('|').includes(value as string)) {
        refuse(where, value, type.slice(1).split('|').join(', '));
      }
      checkRelease(`${field}.${value}`, `${where}: ${value}`);
    } else if (PLAIN[type]) {
      if (!PLAIN[type].holds(value)) {
        refuse(where, value, PLAIN[type].allowed);
      }
    } else if (type !== 'any') {
      checkMessage(type, value, where);
    }
  }

  function refuse(where: string, got: unknown, allowed: string): never {
    throw new MeshError('IM1616', at, { problem: `${where} is not what Istio takes there`, got, allowed, next: 'correct the value' });
  }

  function unknown(message: string, name: string, where: string): never {
    const names = Object.keys(MESH_CONFIG[message]);
    // Istio takes names with underscores as well, and then sees the same field twice.
    const meant = names.find(each => each.toLowerCase() === name.replace(/_/g, '').toLowerCase());
    throw new MeshError('IM1616', at, {
      problem: `${where} has no field ${name}`, got: name, allowed: names.join(', ') || 'none', next: meant ? `write ${meant}` : 'drop it, or correct its name',
    });
  }

  function checkRelease(field: string, where: string): void {
    const first = NEW_IN.find(([, fields]) => fields.includes(field))?.[0];
    if (first && !release.atLeast(first)) {
      throw new MeshError('IM1605', at, { problem: `Istio ${release.version} does not have ${where}, and would ignore it`, allowed: `Istio ${first.version} or later` });
    }
  }
}
