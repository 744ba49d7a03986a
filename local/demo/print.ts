import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Plan } from '../../functions/domain/listing/plan.ts';
import type { Report } from '../../functions/domain/report/report.ts';
import type { Fleet } from '../account/fleet/fleet.ts';
import type { PromiseCheck } from '../promises/promise-checks.ts';
import type { Simulated } from '../run/simulated-run.ts';

const COLOURS = { updated: 'green', 'already-current': 'green', failed: 'red', excluded: 'yellow' } as const;

const WIDTH_MIN = 120;

const WIDTH_MAX = 240;

/** No lines at all: one instance is one line, unless its reason is long. */
const PARTS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
  'middle',
];

const NO_LINES = Object.fromEntries(PARTS.map((part) => [part, '']));

const width = (columns: number | undefined) => Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, columns ?? 180));

const namesIn = (fleet: Fleet): Map<string, string> =>
  new Map(
    fleet.groups.flatMap(({ instances }) =>
      instances.flatMap(({ id, name }): [string, string][] => (name ? [[id, name]] : [])),
    ),
  );

function table(head: string[], colWidths: number[], rows: string[][], columns: number | undefined): string {
  const rest = width(columns) - colWidths.reduce((sum, one) => sum + one, 0);
  const result = new Table({
    head: head.map((title) => styleText('bold', title)),
    colWidths: [...colWidths, rest],
    wordWrap: true,
    chars: NO_LINES,
    // Its own colours would ignore NO_COLOR.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  result.push(...rows);
  return result
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Every instance: how it was, how it is, and why. */
export function printReport(report: Report, fleet: Fleet, columns: number | undefined): string {
  const names = namesIn(fleet);
  const rows = report.instances.map((instance) => [
    instance.instanceId,
    names.get(instance.instanceId) ?? '',
    instance.group,
    instance.originalState ?? '-',
    instance.finalState ?? '-',
    instance.versionBefore ?? '-',
    instance.versionAfter ?? '-',
    styleText(COLOURS[instance.outcome], instance.outcome),
    instance.reason === null ? '' : `${instance.reason.code}: ${instance.reason.text}`,
  ]);
  const head = ['instance', 'name', 'group', 'was', 'is', 'version before', 'after', 'outcome', 'reason'];
  return table(head, [21, 13, 8, 12, 12, 16, 12, 17], rows, columns);
}

export function printPlan(plan: Plan, fleet: Fleet, columns: number | undefined): string {
  const names = namesIn(fleet);
  const rows = plan.instances.map(({ instanceId, group, originalState, versionBefore, action, reason }) => [
    instanceId,
    names.get(instanceId) ?? '',
    group,
    originalState ?? '-',
    versionBefore ?? '-',
    action,
    reason === null ? '' : `${reason.code}: ${reason.text}`,
  ]);
  const head = ['instance', 'name', 'group', 'is', 'version', 'would do', 'reason'];
  const { intended, wake, update, current, inTransition, excluded } = plan.counts;
  return [
    table(head, [21, 13, 8, 12, 14, 24], rows, columns),
    `Of ${intended} instances, ${wake} would be woken, ${update} updated as they run; ${current} are current, ${inTransition} not settled yet, ${excluded} excluded. Target ${plan.targetVersion}.`,
  ].join('\n');
}

export const printEquation = ({ intended, updated, alreadyCurrent, failed, excluded }: Report['counts']): string =>
  `${intended} intended = ${updated} updated + ${alreadyCurrent} already current + ${failed} failed + ${excluded} excluded`;

export function printPromises(checks: PromiseCheck[]): string {
  return checks
    .flatMap(({ promise, broken }) =>
      broken.length === 0
        ? [`${styleText('green', '✓')} ${promise}`]
        : [`${styleText('red', '✗')} ${promise}`, ...broken.map((text) => `    ${text}`)],
    )
    .join('\n');
}

/** What the run cost: counted, not guessed. */
export function printCost({ account, tally, durationSeconds, report }: Simulated, realMilliseconds: number): string {
  const calls = account.journal.entries.filter(({ kind }) => kind === 'call').length;
  const awake = (report?.instances ?? []).reduce((sum, { awakeSeconds }) => sum + (awakeSeconds ?? 0), 0);
  return (
    `${Math.round(durationSeconds / 60)} simulated minutes in ${(realMilliseconds / 1000).toFixed(1)} s: ${calls} AWS calls, ` +
    `${tally.invocations} Lambda invocations, ${tally.transitions} state transitions, ${Math.round(awake / 60)} instance minutes awake`
  );
}
