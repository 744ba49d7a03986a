import type { ServiceHabits } from '../../account/account.ts';
import type { Fleet, FleetInstance } from '../../account/fleet/fleet.ts';
import type { OddAnswer } from '../../account/fleet/odd-answers.ts';
import type { Random } from '../../base/random.ts';
import { drawSleeper } from '../scenario/draw-fleet.ts';
import type { Night } from '../scenario/scenario.ts';
import { chance, pick } from '../scenario/weighted-choice.ts';

/** Known codes and such as no list can have: whose fault it is, no code decides. */
const ODD_ANSWERS: [call: string, codes: string[]][] = [
  ['StartInstances', ['OptInRequired', 'UnsupportedOperation', 'Client.KeyIsDisabled', 'SomethingNew']],
  ['CreateTags', ['TagPolicyViolation', 'UnsupportedOperation', 'SomethingNew']],
  ['DescribeInstanceAttribute', ['UnauthorizedOperation', 'SomethingNew']],
  ['DescribeInstanceInformation', ['AccessDeniedException', 'SomethingNew']],
  ['SendCommand', ['AccessDeniedException', 'InvalidInstanceId', 'UnsupportedPlatformType', 'SomethingNew']],
  ['ListCommandInvocations', ['AccessDeniedException', 'SomethingNew']],
  ['GetCommandInvocation', ['AccessDeniedException', 'InvalidPluginName']],
  ['DescribeInstanceAssociationsStatus', ['AccessDeniedException', 'SomethingNew']],
  ['StopInstances', ['UnauthorizedOperation', 'OperationNotPermitted', 'SomethingNew']],
  ['DeleteTags', ['TagPolicyViolation', 'SomethingNew']],
];

/** Refused for good, they leave what only a person can put right: an instance awake, or its lease on it. */
const WAYS_BACK = new Set(['StopInstances', 'DeleteTags']);

function drawAnswer(random: Random): OddAnswer {
  const [call, codes] = pick(random, ODD_ANSWERS);
  const times = pick(random, [1, 2, 5, undefined]);
  const lasting = times ?? (WAYS_BACK.has(call) ? 5 : undefined);
  const answer = { call, code: pick(random, codes), message: 'Not for this instance.' };
  return lasting === undefined ? answer : { ...answer, times: lasting };
}

/** Its number in the fleet, where it comes to those that were drawn: no drawn one has it. */
const NEWCOMER = 90;

/** In every eighth account, AWS won't hear of one instance: its neighbours end as if it did not exist. */
const ODD_SHARE = 0.125;

/**
 * One instance may have one or two odd answers: one of the fleet, in each of its groups, or one that comes to it and stands
 * first.
 */
export function withOddAnswers(fleet: Fleet, random: Random): Fleet {
  if (!chance(random, ODD_SHARE)) return fleet;
  const answers = [drawAnswer(random), ...(chance(random, 0.3) ? [drawAnswer(random)] : [])];
  const ids = idsIn(fleet);
  const [first, ...others] = fleet.groups;
  if (ids.length === 0 || first === undefined) return fleet;
  if (chance(random, 0.5)) {
    const newcomer = { ...drawSleeper(random, NEWCOMER), answers };
    return { ...fleet, groups: [{ ...first, instances: [newcomer, ...first.instances] }, ...others] };
  }
  return answering(fleet, pick(random, ids), answers);
}

/** One of its instances has these answers, too, in each of its groups. */
function answering(fleet: Fleet, id: string, answers: OddAnswer[]): Fleet {
  const odd = (one: FleetInstance): FleetInstance =>
    one.id === id ? { ...one, answers: [...(one.answers ?? []), ...answers] } : one;
  return { ...fleet, groups: fleet.groups.map((group) => ({ ...group, instances: group.instances.map(odd) })) };
}

const idsIn = ({ groups }: Fleet): string[] => groups.flatMap(({ instances }) => instances.map(({ id }) => id));

/** Questions without which nothing is done with an instance, so they are refused for a while only. */
const LOOKS = ['DescribeInstances', 'DescribeInstanceStatus'];

/** In every fortieth account, EC2 won't say for a while how one instance stands. */
export function withRefusedLooks(fleet: Fleet, random: Random): Fleet {
  const ids = idsIn(fleet);
  if (!chance(random, 0.025) || ids.length === 0) return fleet;
  const [id, call] = [pick(random, ids), pick(random, LOOKS)];
  const answer = { call, code: 'SomethingNew', message: 'Not for this instance.', times: random.integer([1, 12]) };
  return answering(fleet, id, [answer]);
}

/** What is asked, or done, on the way back, after it was asked for, or tried, once before the start. */
const ON_THE_WAY_BACK = ['StopInstances', 'DescribeInstanceAssociationsStatus'];

/** In every fortieth account, AWS fails calls as soon as they name one instance, which is no refusal. Each try of the SDK counts. */
export function withFailedCalls(fleet: Fleet, random: Random): Fleet {
  const ids = idsIn(fleet);
  if (!chance(random, 0.025) || ids.length === 0) return fleet;
  const [id, call] = [pick(random, ids), pick(random, ON_THE_WAY_BACK)];
  const times = random.integer([2, 60]);
  const answer = { call, code: 'ServiceUnavailable', message: 'Try again shortly.', status: 503, after: 1, times };
  return answering(fleet, id, [answer]);
}

/**
 * In every fortieth account, the region is full of open commands of others: a listing of them does not end. More often where
 * someone runs a command on the fleet, which is to be found all the same.
 */
const crowdedShare = ({ disturbances }: Pick<Night, 'disturbances'>): number =>
  disturbances.some((one) => one.kind === 'person' && one.deed === 'run-command') ? 0.3 : 0.025;

/** More than can be read. */
const CROWD = [2600, 6000] as const;

export const drawCrowd = (random: Random, night: Pick<Night, 'disturbances'>): ServiceHabits =>
  chance(random, crowdedShare(night)) ? { openCommandsOfOthers: random.integer(CROWD) } : {};
