// Which members of the groups a run is meant for, if its input names some of them.
import { ReveilleError } from '../model/errors.ts';
import { plainText } from '../model/plain-text.ts';

/** One that can be chosen. */
interface Choosable {
  instanceId: string;
  name: string | null;
  /** Why EC2 did not say how it is called, and whether it may in a minute; null: it did. */
  untold: { why: string; passes: boolean } | null;
}

/**
 * The IDs of the members that are named, by ID or by their whole name.
 * @throws InvalidInput if a name fits no member, or several; or if EC2 did not say how one is called, since that one may have the
 *   same name: which is meant is not for us to guess; AwsUnavailable if it may say so in a minute
 */
export function chooseInstances(wanted: string[], members: Choosable[]): Set<string> {
  return new Set(wanted.map((one) => choose(one, members)));
}

function choose(wanted: string, members: Choosable[]): string {
  if (members.some(({ instanceId }) => instanceId === wanted)) return wanted;
  const untold = members.flatMap(({ instanceId, untold: one }) => (one === null ? [] : [{ instanceId, ...one }]));
  const [first] = untold.toSorted((one, other) => Number(one.passes) - Number(other.passes));
  if (first !== undefined) {
    const problem = `instances: "${plainText(wanted)}" may be ${first.instanceId}: give an instance ID. ${first.why}`;
    if (first.passes) throw new ReveilleError('AwsUnavailable', problem);
    throw new ReveilleError('InvalidInput', problem);
  }
  const [found, ...more] = members.filter(({ name }) => name === wanted);
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
