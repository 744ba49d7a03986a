// Which members of the groups a run is meant for, if its input names some of them.
import { ReveilleError } from '../model/errors.ts';
import { plainText } from '../model/plain-text.ts';

/**
 * The IDs of the members that are named, by ID or by their whole name.
 * @throws InvalidInput if a name fits no member, or several: which is meant is not for us to guess
 */
export function chooseInstances(wanted: string[], members: { instanceId: string; name: string | null }[]): Set<string> {
  return new Set(wanted.map((one) => choose(one, members)));
}

function choose(wanted: string, members: { instanceId: string; name: string | null }[]): string {
  const [found, ...more] = members.filter(({ instanceId, name }) => instanceId === wanted || name === wanted);
  if (found !== undefined && more.length === 0) return found.instanceId;
  const problem =
    found === undefined
      ? `is none of the ${members.length} instances of the groups: give an instance ID, or the whole name`
      : `is the name of ${more.length + 1} instances (${shorten([found, ...more])}): give an instance ID`;
  throw new ReveilleError('InvalidInput', `instances: "${plainText(wanted)}" ${problem}`);
}

const shorten = (members: { instanceId: string }[]): string => {
  const ids = members.slice(0, 3).map(({ instanceId }) => instanceId);
  return members.length > 3 ? `${ids.join(', ')}, ...` : ids.join(', ');
};
