import type { Fleet } from '../../account/fleet/fleet.ts';
import type { Random } from '../../base/random.ts';
import {
  type CallFaultKind,
  callFaultKinds,
  type Disturbance,
  deeds,
  type Fault,
  type InvocationFaultKind,
  invocationFaultKinds,
  type Trouble,
  troubles,
} from './scenario.ts';
import { chance, pick, pickWeighted } from './weighted-choice.ts';

/** With how often they are struck: what holds, starts and stops is more delicate than what only looks. */
const FUNCTIONS: [string, number][] = [
  ['ListInstancesFunction', 1],
  ['StartInstancesFunction', 4],
  ['CheckReadinessFunction', 1],
  ['UpdateAgentFunction', 2],
  ['VerifyVersionsFunction', 1],
  ['RestoreInstancesFunction', 3],
  ['ReportRunFunction', 1],
  ['ReconcileLeasesFunction', 2],
];

/** Most of what makes a difference comes early. */
const NTH: [number, number][] = [
  [1, 40],
  [2, 25],
  [3, 15],
  [4, 8],
  [6, 7],
  [9, 5],
];

/** Calls that a crash next to them makes a difference to, more than to those that only look. */
const DELICATE = [
  'StartInstances',
  'StopInstances',
  'CreateTags',
  'DeleteTags',
  'SendCommand',
  'PutObject',
  'DeleteObject',
  'GetObject',
];

const COUNTS: [number, number][] = [
  [0, 35],
  [1, 30],
  [2, 20],
  [3, 10],
  [4, 5],
];

function drawFault(random: Random): Fault {
  const times = chance(random, 0.8) ? 1 : random.integer([2, 8]);
  if (chance(random, 0.3)) {
    return {
      on: 'invocation',
      kind: pick(random, invocationFaultKinds),
      function: chance(random, 0.8) ? pickWeighted(random, FUNCTIONS) : null,
      nth: pickWeighted(random, NTH),
      times: chance(random, 0.8) ? 1 : random.integer([2, 6]),
      seconds: random.integer([1, 59]),
    };
  }
  const shared = { on: 'call', kind: pick(random, callFaultKinds), seconds: random.integer([1, 7]), times } as const;
  const where = pickWeighted(random, [
    ['operation', 50],
    ['function', 35],
    ['any', 15],
  ]);
  if (where === 'operation') {
    return { ...shared, function: null, operation: pick(random, DELICATE), nth: pickWeighted(random, NTH) };
  }
  if (where === 'function') {
    return {
      ...shared,
      function: pickWeighted(random, FUNCTIONS),
      operation: null,
      nth: pickWeighted(random, NTH) + random.integer([0, 5]),
    };
  }
  return { ...shared, function: null, operation: null, nth: random.integer([1, 60]) };
}

/** Those that Lambda, the SDK or Step Functions get over by trying again. */
const HARMLESS_CALLS: CallFaultKind[] = [
  'crash-before',
  'crash-after',
  'lost-reply',
  'stalled',
  'server-error',
  'throttled',
  'slow',
];

const HARMLESS_INVOCATIONS: InvocationFaultKind[] = ['lost-result', 'twin', 'abandoned', 'refused'];

/** One fault, once, of those that are tried again; early enough to strike a small fleet. */
export function drawHarmlessFault(random: Random): Fault {
  const seconds = random.integer([1, 7]);
  const nth = pick(random, [1, 1, 1, 2, 2, 3]);
  if (chance(random, 0.3)) {
    const kind = pick(random, HARMLESS_INVOCATIONS);
    return { on: 'invocation', kind, function: pickWeighted(random, FUNCTIONS), nth, times: 1, seconds };
  }
  const shared = { on: 'call', kind: pick(random, HARMLESS_CALLS), times: 1, seconds } as const;
  return chance(random, 0.5)
    ? { ...shared, function: null, operation: pick(random, DELICATE), nth }
    : { ...shared, function: pickWeighted(random, FUNCTIONS), operation: null, nth: nth + random.integer([0, 6]) };
}

export const drawFaults = (random: Random): Fault[] =>
  Array.from({ length: pickWeighted(random, COUNTS) }, () => drawFault(random));

/** Most of what happens, happens in the first quarter of an hour. */
const drawMoment = (random: Random): number =>
  pickWeighted(random, [
    [random.integer([0, 300]), 40],
    [random.integer([300, 1200]), 45],
    [random.integer([1200, 5400]), 15],
  ]);

function drawWindow(random: Random): Disturbance {
  const trouble: Trouble = pick(random, troubles);
  const scope = pickWeighted(random, [
    ['service', 40],
    ['operation', 40],
    ['function', 20],
  ]);
  return {
    kind: 'window',
    trouble,
    atSeconds: drawMoment(random),
    seconds: pick(random, [30, 120, 300, 900, 2400]),
    function: scope === 'function' ? pickWeighted(random, FUNCTIONS) : null,
    service: scope === 'service' ? pick(random, ['ec2', 'ssm', 's3', 'sns']) : null,
    operation: scope === 'operation' ? pick(random, DELICATE) : null,
  };
}

function drawDisturbance(random: Random, { groups }: Fleet, executions: number): Disturbance[] {
  const atSeconds = drawMoment(random);
  const execution = random.integer([0, executions - 1]);
  const kind = pickWeighted<Exclude<Disturbance['kind'], 'tool' | 'zone' | 'forgotten'>>(random, [
    ['abort', 15],
    ['time-out', 8],
    ['abort-child', 14],
    ['redrive', 8],
    ['person', 35],
    ['window', 20],
    ['events', 6],
  ]);
  switch (kind) {
    case 'abort':
    case 'time-out':
      return [{ kind, atSeconds, execution }];
    case 'abort-child':
      return [{ kind, atSeconds, execution, child: random.integer([0, 2]) }];
    case 'redrive': {
      // Only what has ended badly can be redriven.
      const first: Disturbance = { kind: chance(random, 0.5) ? 'abort' : 'time-out', atSeconds, execution };
      return [first, { kind, atSeconds: atSeconds + pick(random, [2, 30, 300, 3600]), execution }];
    }
    case 'person': {
      const { id } = pick(
        random,
        groups.flatMap(({ instances }) => instances),
      );
      const deed = pick(random, deeds);
      // Someone else is quicker than the run: within its first minute.
      const isEarly = deed === 'start' && chance(random, 0.6);
      return [
        {
          kind,
          atSeconds: isEarly ? random.integer([0, 60]) : atSeconds,
          deed,
          instanceId: id,
          seconds: pick(random, [60, 300, 1200, 5400]),
        },
      ];
    }
    case 'window':
      return [drawWindow(random)];
    case 'events':
      return [{ kind, atSeconds, fate: chance(random, 0.5) ? 'lost' : 'delayed', seconds: pick(random, [120, 1800]) }];
  }
}

export const drawDisturbances = (random: Random, fleet: Fleet, executions: number): Disturbance[] =>
  Array.from({ length: pickWeighted(random, COUNTS) }, () => drawDisturbance(random, fleet, executions)).flat();
