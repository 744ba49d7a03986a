import type { BatchInstance } from '../batch/batch-instance.ts';
import type { AgentFacts, InstanceFacts } from '../model/instance.ts';
import { CONSISTENCY_SECONDS } from '../model/limits.ts';
import { type Reason, reason } from '../model/reason.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';
import { isOurBoot } from '../ownership/attempt.ts';
import { isFreshPing } from '../work/fresh-ping.ts';

export interface ReadinessFacts {
  instance: InstanceFacts | null;
  agent: AgentFacts | null;
}

export type ReadinessDecision =
  | { action: 'ready'; version: string | null; launchTime: Timestamp }
  | { action: 'wait'; reason: Reason }
  | { action: 'fail'; reason: Reason };

const waitFor = (code: string, text: string): ReadinessDecision => ({ action: 'wait', reason: reason(code, text) });

const failWith = (code: string, text: string): ReadinessDecision => ({ action: 'fail', reason: reason(code, text) });

/** A launch that fails after StartInstances said yes falls back to stopped, and says why (docs/aws-behaviour.md 19). */
function judgeStopped(instance: BatchInstance, facts: InstanceFacts, now: Date): ReadinessDecision {
  const { wokenAt, hold } = instance;
  if (wokenAt === null)
    return failWith('stopped-in-run', `it was running, and was stopped in mid-run: it is ${facts.state}`);
  const startIsShown = hold !== null && isOurBoot(facts.launchTime, hold);
  if (!startIsShown && secondsBetween(wokenAt, now) < CONSISTENCY_SECONDS) {
    return waitFor('start-not-shown', 'its start is not shown yet');
  }
  const why = facts.stateReason?.message || facts.stateReason?.code || 'no reason given';
  const byPeople = facts.stateReason?.code.startsWith('Client.UserInitiated') ?? false;
  // By somebody; or by ReconcileLeases, while this run was dead and before it was redriven.
  if (byPeople)
    return failWith('stopped-in-run', `it was stopped after Reveille had started it, not by this run (${why})`);
  return failWith('launch-error', `it was started and fell back to ${facts.state} (${why})`);
}

/** Why nobody can reach its agent, as far as it can be seen from outside. */
function diagnose(facts: InstanceFacts, agent: AgentFacts | null, minutes: number): ReadinessDecision {
  if (facts.state !== 'running') {
    return failWith('not-running', `${minutes} minutes after its start it is still ${facts.state}`);
  }
  if (agent === null) {
    return facts.instanceProfileArn === null
      ? failWith('no-instance-profile', `its agent did not register in ${minutes} minutes: it has no instance profile`)
      : failWith('never-registered', `its agent did not register in ${minutes} minutes`);
  }
  const lastPing = agent.lastPingAt === null ? 'has never pinged' : `last pinged at ${agent.lastPingAt}`;
  return failWith(
    'agent-not-pinging',
    `its agent is registered (${agent.pingStatus}) and ${lastPing}: no fresh ping in ${minutes} minutes`,
  );
}

/** Ready means: EC2 `running`, SSM `Online`, and a fresh ping of this boot. Not ready at the deadline: fails with a diagnosis. */
export function judgeReadiness(
  instance: BatchInstance,
  facts: ReadinessFacts,
  readinessDeadlineSeconds: number,
  now: Date,
): ReadinessDecision {
  const { instance: ec2, agent } = facts;
  if (ec2 === null) return failWith('disappeared', 'EC2 does not know it any more');
  if (ec2.state === 'terminated' || ec2.state === 'shutting-down') {
    return failWith('terminated-in-run', `it is ${ec2.state} now`);
  }
  if (ec2.state === 'stopped' || ec2.state === 'stopping') return judgeStopped(instance, ec2, now);
  if (ec2.state === 'running' && ec2.launchTime !== null && isFreshPing(agent, ec2.launchTime, now)) {
    return { action: 'ready', version: agent?.version ?? null, launchTime: ec2.launchTime };
  }
  const waitedSeconds = secondsBetween(instance.stepSince, now);
  if (waitedSeconds < readinessDeadlineSeconds) return waitFor('booting', 'its agent is not ready yet');
  return diagnose(ec2, agent, Math.round(waitedSeconds / 60));
}
