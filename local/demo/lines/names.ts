import type { Fleet } from '../../account/fleet/fleet.ts';
import { printable } from '../../base/printable.ts';

/** How the instances of a fleet are called on a screen: nothing in a name is an order to the terminal. */
export interface Names {
  /** Its name; its ID if it has none. */
  nameOf(instanceId: string): string;
  /** `group/name`; of two groups the first. */
  labelOf(instanceId: string): string;
}

/** @param fleet the names in it may hold any character */
export function namesIn({ groups }: Fleet): Names {
  const labels = new Map<string, string>();
  const names = new Map<string, string>();
  for (const group of groups) {
    for (const { id, name = '-' } of group.instances) {
      if (labels.has(id)) continue;
      labels.set(id, `${printable(group.name)}/${printable(name)}`);
      names.set(id, name === '-' ? id : printable(name));
    }
  }
  return {
    nameOf: (instanceId) => names.get(instanceId) ?? instanceId,
    labelOf: (instanceId) => labels.get(instanceId) ?? '-/-',
  };
}
