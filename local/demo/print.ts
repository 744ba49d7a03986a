import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Plan } from '../../functions/domain/listing/plan.ts';
import type { Report } from '../../functions/domain/report/report.ts';
import { printable } from '../base/printable.ts';
import type { Names } from './lines/names.ts';

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
export function printReport(report: Report, names: Names, columns: number | undefined): string {
  const rows = report.instances.map((instance) => [
    instance.instanceId,
    names.nameOf(instance.instanceId),
    printable(instance.group),
    instance.originalState ?? '-',
    instance.finalState ?? '-',
    instance.versionBefore ?? '-',
    instance.versionAfter ?? '-',
    styleText(COLOURS[instance.outcome], instance.outcome),
    instance.reason === null ? '' : `${instance.reason.code}: ${printable(instance.reason.text)}`,
  ]);
  const head = ['instance', 'name', 'group', 'was', 'is', 'version before', 'after', 'outcome', 'reason'];
  return table(head, [21, 13, 8, 12, 12, 16, 12, 17], rows, columns);
}

export function printPlan(plan: Plan, names: Names, columns: number | undefined): string {
  const rows = plan.instances.map(({ instanceId, group, originalState, versionBefore, action, reason }) => [
    instanceId,
    names.nameOf(instanceId),
    printable(group),
    originalState ?? '-',
    versionBefore ?? '-',
    action,
    reason === null ? '' : `${reason.code}: ${printable(reason.text)}`,
  ]);
  const head = ['instance', 'name', 'group', 'is', 'version', 'would do', 'reason'];
  const { intended, wake, update, current, inTransition, excluded } = plan.counts;
  return [
    table(head, [21, 13, 8, 12, 14, 24], rows, columns),
    `Of ${intended} instances, ${wake} would be woken, ${update} updated as they run; ${current} are current, ${inTransition} not settled yet, ${excluded} excluded. Target ${plan.targetVersion}.`,
  ].join('\n');
}
