import { type Boot, bootsOf, clock, type Evidence, type InstanceEvidence, isStuck } from '../evidence.ts';
import { takeoversOf } from '../takeovers.ts';
import type { Checker } from './checker.ts';

const AWAKE = new Set(['running', 'pending', 'stopping']);

/** The reports that say something of this instance. */
const linesOf = (evidence: Evidence, instanceId: string) =>
  evidence.executions.flatMap(({ report }) => report?.instances.filter((line) => line.instanceId === instanceId) ?? []);

function leftAwake(evidence: Evidence, instance: InstanceEvidence, boot: Boot): string | null {
  const { instanceId, after } = instance;
  if (!AWAKE.has(after.state) || boot.stop !== null || isStuck(instance)) return null;
  if (takeoversOf(evidence, instance, boot).size > 0) return null;
  const since = clock(evidence, boot.at ?? evidence.startedAt);
  return `${instanceId} was ${instance.settled}, Reveille started it at ${since}, and it is still ${after.state}: nobody took it over`;
}

/** Hibernated, and now just stopped: only EC2 itself may do that, and then the report says so. */
function lostMemory(evidence: Evidence, instance: InstanceEvidence, boot: Boot): string | null {
  const { instanceId, settled, after, behaviours } = instance;
  if (settled !== 'hibernated' || after.state !== 'stopped' || boot.stop === null || !boot.stop.ours) return null;
  const isEc2s = behaviours.includes('hibernation-falls-back');
  const isTold =
    linesOf(evidence, instanceId).some(({ finalState }) => finalState === 'stopped') ||
    evidence.messages.some((message) => message.includes(`${instanceId}  restored, stopped`));
  if (isEc2s && isTold) return null;
  return `${instanceId} was hibernated, and ${boot.stop.principal} left it stopped at ${clock(evidence, boot.stop.at)}${isEc2s ? ' without a word to anybody' : ''}`;
}

export const asItWas: Checker = {
  promise: 'as-it-was',
  says: 'Every instance that Reveille started ends as it was, or is handed over for a true reason.',
  check(evidence) {
    return evidence.instances.flatMap((instance) => {
      const boots = bootsOf(evidence, instance);
      const last = boots.at(-1);
      if (last === undefined || !last.ours) return [];
      const texts = [leftAwake(evidence, instance, last), lostMemory(evidence, instance, last)];
      return texts.flatMap((text) => (text === null ? [] : [{ instanceId: instance.instanceId, at: last.at, text }]));
    });
  },
};
