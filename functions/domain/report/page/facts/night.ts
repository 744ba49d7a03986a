// One run as the page shows it: the report, what came after it, and when everything was.

import { failsRun, isBenignExclusion, type Reason } from '../../../model/reason.ts';
import type { ReasonCode } from '../../../model/reason-codes.ts';
import type { Reconciled } from '../../reconcile-report.ts';
import { isLeftAwake, isLeftAwakeByTag } from '../../report.ts';
import { type Clock, createClock } from './clock.ts';
import type { PageInstance, PageReport } from './page-report.ts';
import { isWoken, type Phase, phasesOf } from './phases.ts';
import { judgePromises, type PromiseStatus } from './promises.ts';
import { createTimeScale, type TimeScale } from './time-scale.ts';

/** What a pass of ReconcileLeases did to an instance after the report. */
export interface AfterRun {
  instance: NightInstance;
  at: string;
  action: string;
  /** How it stood then. */
  finalState: string | null;
  /** It is asleep again, or is no more. */
  isEnded: boolean;
  /** Put back, as it was before the run. */
  isBack: boolean;
}

export interface NightInstance extends PageInstance {
  /** Its place in the report. */
  index: number;
  /** Its name, or else its ID. */
  title: string;
  isWoken: boolean;
  /** It has no result, so whether it was woken is not known. */
  isUntold: boolean;
  /** It was not left out. */
  takesPart: boolean;
  phases: Phase[];
  /** The second of the run at which it was done; null if the report does not say. */
  doneAt: number | null;
}

/** Instances for one reason. */
export interface Cause {
  code: string;
  instances: NightInstance[];
}

export interface Night {
  report: PageReport;
  instances: NightInstance[];
  groups: string[];
  clock: Clock;
  scale: TimeScale;
  /** A moment of the report: the second of the run. */
  second(moment: string): number;
  /** How clocks showed it. */
  at(second: number): number;
  durationSeconds: number;
  woken: NightInstance[];
  /** It ran before, and took part. */
  running: NightInstance[];
  failures: Cause[];
  /** What fails the run though it is no failure of an instance. */
  besides: Cause[];
  leftOut: Cause[];
  /** Of these, what was not seen asleep again: it is not known how long it was awake. */
  untimed: NightInstance[];
  /** Without a result: whether it was woken is not known. */
  untold: NightInstance[];
  /** Not woken, though asleep before, and surely so. */
  unwoken: NightInstance[];
  /** Awake after the run, though asleep before, and not asleep since, or gone. */
  awake: NightInstance[];
  /** Of these, what its owner did not ask for. */
  leftAwake: NightInstance[];
  noFalseSuccess: PromiseStatus;
  backAsItWas: PromiseStatus;
  afterRun: AfterRun[];
  awakeSeconds: number;
}

/** @param addenda what passes of ReconcileLeases have filed of this run after its report */
export function toNight(report: PageReport, addenda: Reconciled[] = []): Night {
  const began = Date.parse(report.startedAt);
  const second = (moment: string) => (Date.parse(moment) - began) / 1000;
  const instances = report.instances.map((instance, index) => toInstance(instance, index, second));
  const afterRun = toAfterRun(instances, addenda, report.endedAt);
  const isEndedSince = new Set(afterRun.filter(({ isEnded }) => isEnded).map(({ instance }) => instance));
  const awake = instances.filter((one) => isLeftAwake(one) && !isEndedSince.has(one));
  const leftAwake = awake.filter((one) => !isLeftAwakeByTag(one));
  const durationSeconds = second(report.endedAt);
  const takingPart = instances.filter(({ takesPart }) => takesPart);
  return {
    report,
    instances,
    groups: [...new Set(instances.map(({ group }) => group))],
    clock: createClock(report.timeZone),
    scale: createTimeScale(
      takingPart.flatMap(({ doneAt }) => doneAt ?? []),
      durationSeconds,
    ),
    second,
    at: (moment) => began + moment * 1000,
    durationSeconds,
    woken: instances.filter((one) => one.isWoken),
    untimed: instances.filter((one) => one.isWoken && one.awakeSeconds === null),
    untold: instances.filter(({ isUntold }) => isUntold),
    running: takingPart.filter(({ originalState }) => originalState === 'running'),
    failures: byCause(instances.filter(({ outcome }) => outcome === 'failed')),
    besides: byCause(
      instances.filter((one) => one.outcome !== 'failed' && (failsBesides(one) || leftAwake.includes(one))),
    ),
    leftOut: byCause(instances.filter(({ takesPart }) => !takesPart)),
    unwoken: takingPart.filter((one) => !one.isWoken && !one.isUntold && one.originalState !== 'running'),
    awake,
    leftAwake,
    ...judgePromises(report),
    afterRun,
    awakeSeconds: instances.reduce((sum, { awakeSeconds }) => sum + (awakeSeconds ?? 0), 0),
  };
}

/** What ReconcileLeases calls it when an instance is asleep again, or is no more. */
const ENDED = new Set(['restored', 'back-now', 'gone']);

const NO_RESULT: ReasonCode = 'no-result';

function toInstance(instance: PageInstance, index: number, second: (moment: string) => number): NightInstance {
  const { name, instanceId, outcome, times, restoredAt, proof } = instance;
  const done = times?.settledAt ?? restoredAt ?? proof?.pingAt ?? null;
  const takesPart = outcome !== 'excluded';
  return {
    ...instance,
    index,
    title: name === null || name.trim() === '' ? instanceId : name,
    isWoken: isWoken(instance),
    isUntold: !isWoken(instance) && instance.reason?.code === NO_RESULT,
    takesPart,
    phases: phasesOf(instance, (moment) => (moment === null ? null : second(moment))),
    doneAt: done === null || !takesPart ? null : second(done),
  };
}

/** The last pass that settled an instance counts. */
function toAfterRun(instances: NightInstance[], addenda: Reconciled[], endedAt: string): AfterRun[] {
  const byId = new Map(instances.map((instance) => [instance.instanceId, instance]));
  const inOrder = addenda
    .filter(({ at }) => Date.parse(at) > Date.parse(endedAt))
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const last = new Map(
    inOrder.flatMap(({ at, instances: settled }) =>
      settled.flatMap(({ instanceId, action, finalState }) => {
        const instance = byId.get(instanceId);
        if (instance === undefined) return [];
        const isEnded = ENDED.has(action);
        const isBack = isEnded && finalState !== null && finalState === instance.originalState;
        return [[instanceId, { instance, at, action, finalState, isEnded, isBack }] as const];
      }),
    ),
  );
  return [...last.values()];
}

const failsBesides = ({ outcome, reason }: NightInstance): boolean =>
  reason !== null && (failsRun(reason) || (outcome === 'excluded' && !isBenignExclusion(reason.code)));

/** What a later run may well mend by itself. */
const MENDED_LATER: ReadonlySet<string> = new Set<ReasonCode>([
  'another-update',
  'lock-lost',
  'no-capacity',
  'not-started',
  'out-of-time',
  'restarted-in-run',
  'stopped-in-run',
  'update-hung',
  'update-lost',
  'update-rolled-back',
  'update-undelivered',
]);

/** What only a person can mend comes first; then what concerns most instances. One that is left awake for no reason that is told has a cause all the same. */
function byCause(instances: NightInstance[]): Cause[] {
  const codeOf = ({ reason }: { reason: Reason | null }) => reason?.code ?? 'left-awake';
  return [...Map.groupBy(instances, codeOf)]
    .map(([code, of]) => ({ code, instances: of }))
    .sort(
      (one, other) =>
        Number(MENDED_LATER.has(one.code)) - Number(MENDED_LATER.has(other.code)) ||
        other.instances.length - one.instances.length ||
        (one.code < other.code ? -1 : 1),
    );
}
