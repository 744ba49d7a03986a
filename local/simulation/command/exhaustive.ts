import { type CallEvidence, calls, isOurs } from '../evidence/evidence.ts';
import { play } from '../play/play.ts';
import { references, SCHEDULED } from '../scenario/reference-scenarios.ts';
import type { CallFaultKind, Fault, PlannedExecution, Scenario } from '../scenario/scenario.ts';
import { printBroken, printHappened, printNeedless, printPromises } from './print.ts';
import type { SimulateArguments } from './simulate-flags.ts';
import { EXIT, type Output, type Placed, tryAndSum } from './summary.ts';

/** How often in a row: an error that the SDK itself gets over would be no trial, so those outlast its six tries. */
const KINDS: [CallFaultKind, number][] = [
  ['crash-before', 1],
  ['crash-after', 1],
  ['lost-reply', 1],
  ['server-error', 6],
  ['throttled', 6],
  ['denied', 1],
];

/** A place in a reference run where something is made to happen. */
export interface Point {
  reference: string;
  /** In words. */
  where: string;
  scenario: Scenario;
}

/** Every call of a clean run, with its number among those of its function and operation. */
function numbered(all: CallEvidence[]): { call: CallEvidence; nth: number }[] {
  const counts = new Map<string, number>();
  return all
    .filter(({ principal }) => isOurs(principal))
    .map((call) => {
      const key = `${call.principal} ${call.operation}`;
      const nth = (counts.get(key) ?? 0) + 1;
      counts.set(key, nth);
      return { call, nth };
    });
}

function pointsAtCalls(reference: string, scenario: Scenario, all: CallEvidence[]): Point[] {
  return numbered(all).flatMap(({ call: { principal, operation }, nth }) =>
    KINDS.map(([kind, times]): Point => {
      const fault: Fault = { on: 'call', kind, function: principal, operation, nth, times, seconds: 2 };
      const where = `${kind} at ${operation} ${nth} of ${principal}`;
      return { reference, where, scenario: { ...scenario, faults: [fault] } };
    }),
  );
}

function pointsAtStates(reference: string, scenario: Scenario, entered: Map<number, string>): Point[] {
  return [...entered].flatMap(([afterMilliseconds, state]) => {
    // Right after the state was entered.
    const atSeconds = (afterMilliseconds + 1) / 1000;
    const besides = (input: PlannedExecution['input']): Scenario => ({
      ...scenario,
      executions: [...scenario.executions, { atSeconds, name: 'run-2', input }],
    });
    const stopped = (kind: 'abort' | 'time-out'): Scenario => ({
      ...scenario,
      disturbances: [{ kind, atSeconds, execution: 0 }],
    });
    const at = `in ${state}, after ${atSeconds} s`;
    return [
      { reference, where: `abort ${at}`, scenario: stopped('abort') },
      { reference, where: `time-out ${at}`, scenario: stopped('time-out') },
      { reference, where: `delivered twice ${at}`, scenario: besides({ scheduledTime: SCHEDULED }) },
      { reference, where: `started by hand ${at}`, scenario: besides({}) },
    ];
  });
}

/** When each state was entered, by the parent or a child, in milliseconds since the beginning; several at once are one. */
function statesEntered({ machine, evidence }: Awaited<ReturnType<typeof play>>): Map<number, string> {
  const entered = new Map<number, string>();
  const executions = machine.record().list();
  const children = executions.flatMap(({ mapRuns }) => mapRuns.flatMap((mapRun) => mapRun.children));
  for (const { events } of [...executions, ...children]) {
    for (const { type, timestamp, details } of events) {
      if (!type.endsWith('StateEntered')) continue;
      entered.set(timestamp - evidence.startedAt, String(details?.content['name'] ?? ''));
    }
  }
  return new Map([...entered].sort(([a], [b]) => a - b));
}

/** All points of one reference run, which is first played without any trouble. */
export async function pointsOf(name: string, scenario: Scenario): Promise<Point[]> {
  const played = await play(scenario, { histories: true });
  return [
    ...pointsAtCalls(name, scenario, calls(played.evidence)),
    ...pointsAtStates(name, scenario, statesEntered(played)),
  ];
}

/** A fault at each call of each reference run, and an abort, a time-out or a second run in each state. */
export async function exhaust({ workers, json, every }: SimulateArguments, output: Output): Promise<number> {
  const all: Point[] = [];
  for (const [name, scenario] of Object.entries(references)) all.push(...(await pointsOf(name, scenario)));
  // There are six points at a call and four at a state, so a step that is prime to both has each kind as often as the others.
  const points = all.filter((_, place) => place % every === 0);
  const pointOf = (index: number) => points[index] as Point;
  const scenarioAt = (index: number) => pointOf(index).scenario;
  const summary = await tryAndSum({ count: points.length, at: scenarioAt }, workers, output);
  const { broken, digest, seconds } = summary;
  if (json) output.out(JSON.stringify({ points: points.length, ...summary }, null, 2));
  else {
    output.out(printHappened(summary.happened));
    for (const name of Object.keys(references)) {
      output.out(`${name}: ${points.filter(({ reference }) => reference === name).length} points`);
    }
    const outOf = every === 1 ? '' : ` of ${all.length}`;
    output.out(`\n${points.length} points${outOf} in ${seconds.toFixed(0)} s`);
    const name = ({ index }: Pick<Placed, 'index'>) => `${pointOf(index).reference}: ${pointOf(index).where}`;
    output.out(printPromises(broken, name));
    output.out(printNeedless(summary));
    output.out(`digest ${digest}`);
    if (broken.length > 0) {
      const tasks = { name, scenarioOf: ({ index }: Placed) => scenarioAt(index), play };
      output.out(await printBroken(broken, tasks, output));
    }
  }
  return broken.length === 0 ? EXIT.ok : EXIT.promiseBroken;
}
