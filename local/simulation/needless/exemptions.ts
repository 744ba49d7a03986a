import { type BehaviourName, behaviours } from '../../account/fleet/behaviours.ts';
import { isRefusal } from '../checkers/report/deserved-refusal.ts';
import { isInDoubt } from '../evidence/doubt.ts';
import { wakeUntil } from '../evidence/ends.ts';
import { bootsOf, calls, changes, type DoneDisturbance, isOdd, pingsOf } from '../evidence/evidence.ts';
import { wasHidden } from '../evidence/hidden.ts';
import { spansOf } from '../evidence/spans.ts';
import { listedAt } from '../evidence/standings.ts';
import { isAtLeast } from '../evidence/versions.ts';
import type { Deed } from '../scenario/scenario.ts';
import { type NeedlessCase, sendsOf } from './needless-case.ts';
import { needlessFailure } from './needless-failures.ts';
import { kindOf, struckTries } from './struck-tries.ts';

/** Something that explains why an instance did not end well, with the reason why that is no fault of the product's. */
export interface Exemption {
  name: string;
  because: string;
  applies(given: NeedlessCase): boolean;
}

/** A function has so many tries; who is struck more often has met more than what is documented as retried. */
const TRIES = 5;

/** An outage of this length is to be got over (docs/reliability.md). */
const OUTAGE_SECONDS_MAX = 300;

/** After so long of nothing but slow answers, a function that Lambda ends at its limit has an excuse. */
const ENDED_SECONDS = 5 * 60;

/** For so long an instance is tried for which slow answers leave no time. */
const NO_TURN_SECONDS = 30 * 60;

/** Others keep an instance for good after so long. */
const OTHERS_KEEP_SECONDS = 20 * 60;

/** The longest wait of the conveyor, and a look. */
const LOOK_SECONDS = 130;

const isHarmless = (name: BehaviourName): boolean => /^(updated|already-current)$/.test(behaviours[name].ends);

/** What people do on an instance, and what leaves it ours. */
const HARMLESS_DEEDS = new Set<Deed>(['leave-group']);

const SHARING_DEEDS = new Set<Deed>(['open-session', 'run-command', 'run-association']);

const during = ({ evidence, execution, ended }: NeedlessCase): DoneDisturbance[] =>
  evidence.disturbances.filter(({ at, until }) => at <= ended && until >= execution.startedAt);

/** Another run was there, or the input or the groups were refused. */
const isLeftAlone = (error: string): boolean =>
  error === 'AlreadyRunning' || error === 'LockedForNow' || isRefusal(error);

const DENIALS = /^(AccessDenied|UnauthorizedOperation|AuthorizationError|Forbidden)/;

const ANY_ERROR = /./;

/** Whether calls of the run met such errors, of a fault or a window: the account itself always names what was asked. */
const metErrors = ({ evidence, execution }: NeedlessCase, error: RegExp, from: number, to: number): boolean =>
  calls(evidence).some(
    (call) =>
      call.at >= from &&
      call.at <= to &&
      call.runId === execution.name &&
      call.error !== null &&
      error.test(call.error) &&
      Object.keys(call.parameters).length === 0,
  );

const deadlineOf = ({ evidence }: NeedlessCase, name: string): number | null => {
  const text = evidence.parameters[name];
  return text === undefined ? null : Number(text);
};

/** Whether a wait that the deployment has shortened was too short for what the instance does by itself, and made it end badly. */
const isShorter = (given: NeedlessCase, name: string, tookSeconds: number): boolean => {
  const deadline = deadlineOf(given, name);
  return deadline !== null && tookSeconds >= deadline - LOOK_SECONDS && needlessFailure(given) !== null;
};

/** Seconds from one moment to the first after it of these; infinite: there is none. */
const secondsTo = (from: number, moments: number[]): number =>
  ((moments.find((at) => at > from) ?? Number.POSITIVE_INFINITY) - from) / 1000;

const changesAbout = ({ evidence, instance }: NeedlessCase, is: (state: string) => boolean): number[] =>
  changes(evidence, instance.instanceId).flatMap(({ at, facts }) =>
    facts.about === 'state' && is(facts.state) ? [at] : [],
  );

export const exemptions: readonly Exemption[] = [
  {
    name: 'no-work',
    because: 'a dry run, a refused one, or a second delivery of the same occurrence does nothing to anyone',
    applies: ({ execution: { input, report, status, error } }) =>
      input['dryRun'] === true || (report === null && (status === 'SUCCEEDED' || isLeftAlone(error ?? ''))),
  },
  {
    name: 'not-a-member',
    because: 'it had left its group when the run began',
    applies: ({ execution, line }) => execution.report !== null && line === null,
  },
  {
    name: 'behaviour',
    because: 'the fleet says of it that it ends otherwise (local/account/fleet/behaviours.ts)',
    applies: ({ instance }) => !instance.behaviours.every(isHarmless),
  },
  {
    name: 'odd-answers',
    because: 'AWS refuses calls that name it: that one may pay for it, and no neighbour',
    applies: ({ instance }) => isOdd(instance),
  },
  {
    name: 'wrong-clock-or-view',
    because:
      'SSM, or the instance, dates by a clock of its own there, or EC2 shows stops minutes late: no promise rests on the belief that is wrong, and what it costs stands in docs/beliefs.md',
    applies: ({ evidence: { habits = {} }, instance }) =>
      habits.ssmClockSeconds !== undefined ||
      habits.stopShownSeconds !== undefined ||
      instance.behaviours.some((name) => name === 'clock-ahead' || name === 'clock-behind'),
  },
  {
    name: 'name-not-told',
    because:
      'its run is for instances by name, and EC2 was silent on one, which may have that name, too: which is meant is not guessed',
    applies: ({ evidence, execution: { error, startedAt, input } }) =>
      error === 'ListingFailed' &&
      [input['instances'] ?? []].flat().some((one) => !/^i-/.test(String(one))) &&
      evidence.disturbances.some(({ disturbance: { kind }, until }) => kind === 'zone' && until > startedAt),
  },
  {
    name: 'running-spot',
    because: 'a Spot Instance that runs is excluded by design: whether it can be stopped is not known',
    applies: ({ instance, line }) => instance.behaviours.includes('spot-persistent') && line?.reason?.code === 'spot',
  },
  {
    name: 'no-such-version',
    because: 'the run aims at a version that the region does not have',
    applies: ({ evidence, execution: { input } }) =>
      /^\d/.test(String(input['targetVersion'] ?? '')) &&
      !isAtLeast(evidence.latestVersion, String(input['targetVersion'])),
  },
  {
    name: 'run-ended',
    because: 'the run, or a child of it, was aborted, timed out or redriven from outside',
    applies: ({ evidence, execution }) =>
      evidence.disturbances.some(
        ({ disturbance }) =>
          'execution' in disturbance && evidence.executions[disturbance.execution]?.name === execution.name,
      ),
  },
  {
    name: 'another-run',
    because: 'another run was at work on the same groups, or has left its instances behind',
    applies: ({ evidence, execution }) =>
      evidence.executions.some((other) => other !== execution && listedAt(evidence, other.name) !== null),
  },
  {
    name: 'person',
    because: 'a person has started, stopped, tagged or used it, for longer than the rules wait',
    applies: (given) =>
      given.evidence.disturbances.some(
        ({ at, until, disturbance }) =>
          disturbance.kind === 'person' &&
          at <= given.ended &&
          // What is terminated stays so.
          (until >= given.execution.startedAt || disturbance.deed === 'terminate') &&
          disturbance.instanceId === given.instance.instanceId &&
          !HARMLESS_DEEDS.has(disturbance.deed) &&
          !(SHARING_DEEDS.has(disturbance.deed) && disturbance.seconds < OTHERS_KEEP_SECONDS - LOOK_SECONDS),
      ),
  },
  {
    name: 'back-with-its-memory',
    because: 'a session came back with its memory, and went on for longer than the rules wait',
    applies: ({ evidence, instance }) =>
      instance.settled === 'hibernated' &&
      spansOf(evidence, instance.instanceId, 'session').some(
        ({ from, to }) =>
          !calls(evidence, 'StartSession').some(({ at }) => at === from) &&
          ((to ?? evidence.endedAt) - from) / 1000 >= OTHERS_KEEP_SECONDS - LOOK_SECONDS,
      ),
  },
  {
    name: 'not-shown',
    because:
      'EC2 did not show it for a while: its zone was disturbed, or EC2 did not know its ID; no neighbour is excused by that',
    applies: ({ evidence, execution, instance, ended }) =>
      wasHidden(evidence, instance.instanceId, execution.startedAt, ended),
  },
  {
    name: 'denied',
    because: 'a call of its run was denied, which is never tried again',
    applies: (given) => metErrors(given, DENIALS, given.execution.startedAt, given.ended),
  },
  {
    name: 'outage',
    because: 'AWS throttled or failed calls of its run for longer than five minutes at a stretch',
    applies: (given) =>
      during(given).some(
        ({ at, until, disturbance }) =>
          disturbance.kind === 'window' &&
          (until - at) / 1000 > OUTAGE_SECONDS_MAX &&
          metErrors(given, ANY_ERROR, at, until),
      ),
  },
  {
    name: 'slow-answers',
    because: 'AWS answered so slowly for half an hour that it had no turn, and for no longer is it tried',
    applies: ({ evidence, execution, line }) => {
      // Trying the way back is a part of it.
      const slow = evidence.faults.filter(
        (fault) =>
          kindOf(fault) === 'slow' &&
          (fault.text.startsWith('StartInstances') || fault.text.startsWith('RestoreInstances')) &&
          fault.at >= execution.startedAt,
      );
      const tookSeconds = ((slow.at(-1)?.at ?? 0) - (slow[0]?.at ?? 0)) / 1000;
      // One that lists what grows with each try, or thousands of commands page by page, is ended by Lambda before.
      const { code } = line?.reason ?? {};
      if (code === 'step-failed' || code === 'no-result') return tookSeconds >= ENDED_SECONDS;
      // Whose fault a refusal is takes some looks, and this deployment waits for a minute only.
      if (code === 'lease-refused') return slow.length > 0 && evidence.parameters['StartDeadlineSeconds'] !== undefined;
      return code === 'not-started' && tookSeconds >= NO_TURN_SECONDS - LOOK_SECONDS;
    },
  },
  {
    name: 'struck-too-often',
    because: 'functions were struck at least as often as one of them is tried',
    applies: ({ evidence, execution, ended }) => struckTries(evidence, execution.startedAt, ended) >= TRIES,
  },
  {
    name: 'out-of-time',
    because: 'the window was too short for it',
    applies: ({ evidence, execution, line, ended }) =>
      line?.reason?.code === 'out-of-time' && ended >= wakeUntil(evidence, execution),
  },
  {
    name: 'late-launch',
    because: 'EC2 showed its boot so late that it may be another one: that is left awake, by design',
    applies: ({ evidence, instance, line }) =>
      line?.reason?.code === 'boot-in-doubt' &&
      bootsOf(evidence, instance).some((boot) => isInDoubt(evidence, instance, boot)),
  },
  {
    name: 'short-readiness',
    because: 'this deployment waits less for an agent than that one takes to ping',
    applies: (given) => {
      const boots = changesAbout(given, (state) => state === 'pending');
      const pings = pingsOf(given.evidence, given.instance.instanceId).map(({ at }) => at);
      return boots.some((at) => isShorter(given, 'ReadinessDeadlineSeconds', secondsTo(at, pings)));
    },
  },
  {
    name: 'short-start',
    because: 'this deployment waits less for capacity than EC2 takes to have room',
    applies: (given) =>
      given.instance.behaviours.some((name) => name === 'no-capacity-at-first' || name === 'capacity-gone-at-launch') &&
      isShorter(given, 'StartDeadlineSeconds', Number.POSITIVE_INFINITY),
  },
  {
    name: 'short-verify',
    because: 'this deployment waits less for the proof than the agent takes to report its version',
    applies: (given) => {
      const target = given.execution.report?.targetVersion ?? '';
      const proofs = pingsOf(given.evidence, given.instance.instanceId)
        .filter(({ version }) => isAtLeast(version, target))
        .map(({ at }) => at);
      const ends = spansOf(given.evidence, given.instance.instanceId, 'update').flatMap(({ to }) => to ?? []);
      return ends.some((at) => isShorter(given, 'VerifyDeadlineSeconds', secondsTo(at, proofs)));
    },
  },
  {
    name: 'short-update',
    because: 'this deployment calls an update hung sooner than that one is done',
    applies: (given) => {
      const ends = spansOf(given.evidence, given.instance.instanceId, 'update').flatMap(({ to }) => to ?? []);
      return sendsOf(given).some((at) => isShorter(given, 'UpdateDeadlineSeconds', secondsTo(at, ends)));
    },
  },
  {
    name: 'short-restore',
    because: 'this deployment waits less for a stop than that instance takes',
    applies: (given) => {
      const stopped = changesAbout(given, (state) => state === 'stopped');
      const stopping = changesAbout(given, (state) => state === 'stopping');
      return stopping.some((at) => isShorter(given, 'RestoreDeadlineSeconds', secondsTo(at, stopped)));
    },
  },
];

/** The first exemption that explains it; null: nothing does. */
export const exemptionFor = (given: NeedlessCase): Exemption | null =>
  exemptions.find((one) => one.applies(given)) ?? null;
