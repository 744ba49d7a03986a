// What a run checks of its own promises before its report is written: by the proofs in its results, and by asking EC2 once more. No
// rule of the run has part in it, and no outcome follows from it.
import * as z from 'zod';
import type { BatchInstance, InstanceAt } from '../batch/batch-instance.ts';
import type { Manifest, ManifestInstance } from '../listing/manifest.ts';
import { isAtLeast } from '../model/agent-version.ts';
import { type InstanceFacts, stateNow } from '../model/instance.ts';
import { CONSISTENCY_SECONDS } from '../model/limits.ts';
import { plainText } from '../model/plain-text.ts';
import type { Run } from '../model/run.ts';
import { isAfter, secondsBetween } from '../model/time.ts';
import { bootOwnerOf } from '../ownership/attempt.ts';
import { LEASE_TAG, parseLease } from '../ownership/lease.ts';
import { attemptsOf } from '../ownership/owner.ts';
import { proofOf } from './instance-details.ts';

/** As many as a person reads; the text counts them all. */
const CHECK_LISTED_MAX = 50;

const checkSchema = z.object({
  status: z
    .enum(['kept', 'not-kept', 'not-checked'])
    .describe('not-checked: it could not be asked, or what EC2 showed was too old to tell'),
  instances: z.array(z.string()).describe(`Of which it is not kept: the first ${CHECK_LISTED_MAX} of them`),
  text: z.string().describe('What was found, with what others have done since'),
});
export type Check = z.infer<typeof checkSchema>;

export const checksSchema = z
  .object({
    versions: checkSchema.describe('Each that is updated or already current has the ping that proves it'),
    states: checkSchema.describe('Each that slept before sleeps again, and is hibernated if it was'),
    leases: checkSchema.describe('None carries a lease of this run'),
    launchTimes: checkSchema.describe('Each that ran before runs still, in the boot that it had'),
  })
  .describe('What was checked of the promises when the report was made, by asking EC2 once more');
export type Checks = z.infer<typeof checksSchema>;

const notChecked = (text: string): Check => ({ status: 'not-checked', instances: [], text });

const OF_EARLIER_VERSION = notChecked('this report is of a version that checked nothing');

/** Of a report that was written before there were checks. */
export const UNCHECKED: Checks = {
  versions: OF_EARLIER_VERSION,
  states: OF_EARLIER_VERSION,
  leases: OF_EARLIER_VERSION,
  launchTimes: OF_EARLIER_VERSION,
};

/** What EC2 said of the instances when the report was made; or why it was not to be had. */
export type SecondLook =
  /** `silent`: those of which EC2 did not say how they are. */
  { kind: 'seen'; facts: Map<string, InstanceFacts>; silent: Set<string>; at: Date } | { kind: 'unseen'; why: string };

/** What is checked. */
export interface CheckCase {
  manifest: Pick<Manifest, 'run' | 'instances'>;
  /** Of all batches that have written one. */
  results: BatchInstance[];
  again: SecondLook;
}

export function checkPromises({ manifest: { run, instances }, results, again }: CheckCase): Checks {
  const versions = checkVersions(run, results);
  if (again.kind === 'unseen') {
    const unasked = notChecked(plainText(`EC2 could not be asked: ${again.why}`));
    return { versions, states: unasked, leases: unasked, launchTimes: unasked };
  }
  const byId = new Map(results.map((result) => [result.instanceId, result]));
  const all = instances.map((member): Seen => {
    const { instanceId } = member;
    const result = byId.get(instanceId);
    const ec2 = again.facts.get(instanceId) ?? null;
    const isUnseen = again.silent.has(instanceId) || (ec2 === null && wasThere(result));
    return { member, result, ec2, isUnseen, at: again.at };
  });
  const slept = all.filter(({ member }) => ASLEEP.has(member.originalState));
  const ran = all.filter(({ member }) => member.originalState === 'running');
  return {
    versions,
    states: toCheck(slept, unlessUnseen(judgeState), {
      none: 'no instance that took part had slept before',
      kept: 'EC2 shows as asleep again what had slept before',
      broken: 'EC2 does not show as it was what had slept before',
    }),
    leases: toCheck(
      all,
      unlessUnseen((seen) => judgeLease(seen, run)),
      {
        none: 'the run was meant for no instance',
        kept: 'EC2 shows no lease of this run',
        broken: 'EC2 shows a lease of this run',
      },
    ),
    launchTimes: toCheck(ran, unlessUnseen(judgeLaunchTime), {
      none: 'no instance that took part had run before',
      kept: 'EC2 shows what had run before in the boot that it had then',
      broken: 'EC2 does not show in the boot that it had what had run before',
    }),
  };
}

/**
 * `by-others`: it is not as it was, by someone else, which breaks no promise. `unclear`: what EC2 shows may be older than what the
 * run has done last.
 */
type Verdict = 'kept' | 'broken' | 'by-others' | 'unclear';

/** One instance of the manifest, as it was seen again. */
interface Seen {
  member: ManifestInstance;
  /** undefined: its batch has left none. */
  result: BatchInstance | undefined;
  /** null: EC2 does not list it any more. */
  ec2: InstanceFacts | null;
  /** EC2 does not say how it is, or has forgotten the ID of what was there when it was settled. */
  isUnseen: boolean;
  at: Date;
}

const unlessUnseen =
  (judge: (seen: Seen) => Verdict) =>
  (seen: Seen): Verdict =>
    seen.isUnseen ? 'unclear' : judge(seen);

const ASLEEP = new Set<string | null>(['stopped', 'hibernated']);

const GONE = new Set<string>(['terminated', 'shutting-down', 'not-found']);

/** Without exception: what is gone, or has lost its memory, is not as it was either. */
function judgeState(seen: Seen): Verdict {
  const { member, result, ec2, at } = seen;
  if (ec2 === null || GONE.has(ec2.state)) return 'broken';
  const now = stateNow(ec2);
  if (now === member.originalState || now === 'hibernated') return 'kept';
  if (now === 'stopped') return 'broken';
  if (isSettled(result) && isBootOfOthers(result, ec2, at)) return 'by-others';
  return isSettled(result) && isJustSettled(seen) && ASLEEP.has(result.finalState) ? 'unclear' : 'broken';
}

/** What is in doubt may be ours. EC2 itself may have said that others were first: their LaunchTime can be as of ours. */
const isBootOfOthers = ({ owner }: BatchInstance, ec2: InstanceFacts, at: Date): boolean =>
  (owner.kind === 'others' && owner.reason.code === 'started-by-others') ||
  bootOwnerOf(attemptsOf(owner), ec2, at) === 'others';

/** A tag that was removed is shown for a while yet (docs/aws-behaviour.md 45). What is gone keeps its tags. */
function judgeLease(seen: Seen, { stateMachine, runId }: Run): Verdict {
  const { result, ec2 } = seen;
  if (ec2 === null || GONE.has(ec2.state)) return 'kept';
  const lease = parseLease(ec2.tags[LEASE_TAG] ?? '');
  if (lease?.runId !== runId || lease.stateMachine !== stateMachine) return 'kept';
  return isJustSettled(seen) && wasReleased(result) ? 'unclear' : 'broken';
}

/** Of what the run has neither started nor stopped, a new boot or none is the doing of others. */
function judgeLaunchTime({ member, result, ec2 }: Seen): Verdict {
  if (member.launchTime === null) return 'unclear';
  const isAwake = ec2?.state === 'running' || ec2?.state === 'pending';
  if (isAwake && ec2.launchTime === member.launchTime) return 'kept';
  const isUntouched = isSettled(result) && attemptsOf(result.owner).length === 0 && result.stopAcceptedAt === null;
  return isUntouched ? 'by-others' : 'broken';
}

/** Whether the run's last look at it has shown it, and not as gone. */
const wasThere = (result: BatchInstance | undefined): boolean =>
  isSettled(result) && result.finalState !== null && !GONE.has(result.finalState);

const isSettled = (result: BatchInstance | undefined): result is InstanceAt<'settled'> => result?.step === 'settled';

/** Whether a look may still show it as it was before the run's last change. */
const isJustSettled = ({ result, at }: Seen): boolean =>
  isSettled(result) && secondsBetween(result.stepSince, at) <= CONSISTENCY_SECONDS;

/** The codes of what the run could not let go of. */
const LEASE_IS_KEPT = new Set(['not-restored', 'lease-kept']);

/** Whether the run has taken its lease off, by its own account: it has not where it still holds it for others. */
function wasReleased(result: BatchInstance | undefined): boolean {
  if (!isSettled(result)) return false;
  const code = result.reason?.code ?? '';
  const isHeld = result.finalState === 'running' && code !== 'left-awake';
  return !isHeld && !LEASE_IS_KEPT.has(code);
}

function checkVersions({ targetVersion }: Run, results: BatchInstance[]): Check {
  const claimed = results
    .filter(isSettled)
    .filter(({ outcome }) => outcome === 'updated' || outcome === 'already-current');
  const seen = claimed.map((result) => ({ member: result, result }));
  return toCheck(seen, ({ result }) => (isProved(result, targetVersion) ? 'kept' : 'broken'), {
    none: 'no instance is reported as updated or current',
    kept: 'a ping of this boot, newer than its commands, proves each version',
    broken: 'no ping of this boot, newer than its commands, proves a version',
  });
}

/** By what stands in its result: the right version, in a ping of this boot that came after each command that went through. */
function isProved(result: InstanceAt<'settled'>, target: string): boolean {
  const proof = proofOf(result);
  const { launchTime, commands } = result;
  if (proof === null || launchTime === null || !isAtLeast(proof.version, target)) return false;
  const ends = commands.flatMap(({ endedAt, status }) => (status === 'Success' && endedAt !== null ? [endedAt] : []));
  return [launchTime, ...ends].every((end) => isAfter(proof.pingAt, end));
}

function toCheck<One extends { member: { instanceId: string } }>(
  all: One[],
  judge: (one: One) => Verdict,
  words: { none: string; kept: string; broken: string },
): Check {
  if (all.length === 0) return { status: 'kept', instances: [], text: words.none };
  const judged = all.map((one) => ({ id: one.member.instanceId, verdict: judge(one) }));
  const idsOf = (verdict: Verdict) => judged.filter((one) => one.verdict === verdict).map(({ id }) => id);
  const [kept, broken, others, unclear] = [idsOf('kept'), idsOf('broken'), idsOf('by-others'), idsOf('unclear')];
  const total = all.length;
  const parts = [
    broken.length > 0 ? `${words.broken}: ${broken.length} of ${total}` : `${words.kept}: ${kept.length} of ${total}`,
    ...(others.length > 0 ? [`${others.length} by the doing of others, not of this run`] : []),
    ...(unclear.length > 0 ? [`${unclear.length} not to be judged: what is known of it is too old`] : []),
  ];
  const passed = unclear.length > 0 ? 'not-checked' : 'kept';
  return {
    status: broken.length > 0 ? 'not-kept' : passed,
    instances: broken.slice(0, CHECK_LISTED_MAX),
    text: parts.join('; '),
  };
}
