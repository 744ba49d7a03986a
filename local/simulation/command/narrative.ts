import type { JournalEntry } from '../../account/world/journal.ts';
import { clock } from '../evidence/evidence.ts';
import { inOrder, type Note } from '../play/notes.ts';
import type { Played } from '../play/stage.ts';
import type { Disturbance, Fault, PlannedExecution, Scenario } from '../scenario/scenario.ts';

const CHANGING = new Set([
  'StartInstances',
  'StopInstances',
  'CreateTags',
  'DeleteTags',
  'SendCommand',
  'CancelCommand',
  'PutObject',
  'DeleteObject',
  'Publish',
]);

const shortly = (value: unknown): string => {
  const text = JSON.stringify(value) ?? '';
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
};

const describeFault = (fault: Fault): string => {
  const { function: name, nth, times, kind } = fault;
  const what = fault.on === 'call' ? `${fault.operation ?? 'any call'}` : 'invocation';
  const often = times === 1 ? '' : ` and ${times - 1} more`;
  return `${kind} at ${what} ${nth}${often} of ${name ?? 'any function'}`;
};

function describeDisturbance(disturbance: Disturbance): string {
  const { atSeconds, kind, ...rest } = disturbance;
  return `at ${atSeconds} s: ${kind} ${shortly(rest)}`;
}

function describeExecution({ atSeconds, after, name, input }: PlannedExecution, all: PlannedExecution[]): string {
  const since = after === undefined ? 'at' : `after the end of ${all[after]?.name}, at`;
  return `${since} ${atSeconds} s: ${name} with ${shortly(input)}`;
}

/** A scenario in words. */
export function describeScenario(scenario: Scenario): string[] {
  const { seed, drawnAs, habits = {}, fleet, parameters, executions, faults, disturbances } = scenario;
  return [
    `seed ${seed}${drawnAs === undefined ? '' : `: ${drawnAs}`}`,
    ...fleet.groups.flatMap(({ name, instances }) =>
      instances.map(
        ({ id, state, platform, agentVersion, behaviours }) =>
          `  ${name}: ${id} ${state}, ${platform}, ${agentVersion}${behaviours.length > 0 ? `, ${behaviours.join(', ')}` : ''}`,
      ),
    ),
    `  parameters ${shortly(parameters)}`,
    ...(Object.keys(habits).length === 0 ? [] : [`  AWS: ${shortly(habits)}`]),
    ...executions.map((planned) => `  ${describeExecution(planned, executions)}`),
    ...faults.map((fault) => `  ${describeFault(fault)}`),
    ...disturbances.map((disturbance) => `  ${describeDisturbance(disturbance)}`),
  ];
}

function describeEntry(entry: JournalEntry | Note): string {
  if (!('kind' in entry)) return `*** ${entry.what}: ${entry.detail}`;
  if (entry.kind === 'change') return `    ${entry.instanceId} ${entry.what}: ${entry.detail}`;
  const { principal, service, operation, parameters, error } = entry;
  const said = error === null ? '' : ` -> ${error}`;
  return `${principal} ${service}:${operation} ${shortly(parameters)}${said}`;
}

/** Whether a line tells of something that makes a difference. */
const isKey = (entry: JournalEntry | Note): boolean =>
  !('kind' in entry) || entry.kind === 'change' || CHANGING.has(entry.operation) || entry.error !== null;

/** What happened, line by line. @param keyOnly leaves out the calls that only look */
export function tell({ account, evidence, notes }: Played, keyOnly: boolean): string[] {
  return inOrder(account.journal.entries, notes)
    .filter((entry) => !keyOnly || isKey(entry))
    .map((entry) => `${clock(evidence, entry.at)}  ${describeEntry(entry)}`);
}

/** How everything stood in the end. */
export const describeEnd = ({ evidence }: Played): string[] => [
  ...evidence.executions.flatMap(({ name, status, error, report }) => [
    `${name} ${status}${error === null ? '' : ` ${error}`}`,
    ...(report?.instances ?? []).map(
      ({ instanceId, outcome, finalState, reason }) =>
        `  ${instanceId} ${outcome}, ${finalState ?? 'state unknown'}${reason === null ? '' : ` [${reason.code}] ${reason.text}`}`,
    ),
  ]),
  ...evidence.instances.map(
    ({ instanceId, settled, after }) =>
      `${instanceId} was ${settled}, is ${after.state}, ${after.version ?? 'no agent'}${after.lease === null ? '' : `, lease ${after.lease}`}`,
  ),
];
