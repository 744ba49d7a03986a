import { styleText } from 'node:util';
import type { Report } from '../../functions/domain/report/report.ts';
import { printable } from '../base/printable.ts';
import { cutTo, foldParts, padTo, widthOf } from '../base/text-columns.ts';
import type { PromiseCheck } from '../promises/promise-checks.ts';
import { type Cause, causesOf } from './causes.ts';
import type { Names } from './lines/names.ts';
import type { WindowNight } from './maintenance-window.ts';
import { isPromiseKept, promiseLines } from './promise-lines.ts';
import type { TrueNight } from './true-night.ts';
import { twoNights } from './two-nights.ts';
import { verdictOf } from './verdict.ts';

/** All that the last screen is made of. */
export interface EndFacts {
  /** Of the run. */
  groups: string[];
  report: Report;
  checks: PromiseCheck[];
  /** null: no window was played beside it. */
  window: WindowNight | null;
  night: TrueNight;
  names: Names;
  /** What the run cost, as parts of a line. */
  cost: string[];
  /** What to go on with: a command or a flag, and what it brings. */
  next: (readonly [what: string, how: string])[];
}

/** How the last screen is to be drawn. */
export interface EndLook {
  /** Of the terminal; undefined: it is none. */
  columns: number | undefined;
  /** All causes and all that is broken, however many lines that takes. */
  showsAll: boolean;
}

const COLUMNS_MIN = 80;

const COLUMNS_MAX = 100;

const CAUSES_MAX = 5;

/** The last screen of the demo: both nights, the verdict, the equation, what failed, and both promises. 80 to 100 columns wide. */
export function endScreen(facts: EndFacts, { columns: given, showsAll }: EndLook): string {
  const columns = Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, given ?? COLUMNS_MAX));
  const { report, checks, window, night, names } = facts;
  const isKept = isPromiseKept(checks, 'no-false-success') && isPromiseKept(checks, 'back-as-it-was');
  const { wrong, right } = verdictOf(report, isKept);
  const verdict = [
    ...wrong.map((text) => styleText(['bold', 'red'], text)),
    ...right.map((text) => styleText('bold', text)),
  ];
  const sections = [
    [headOf(facts, columns)],
    window === null ? [] : twoNights(window, night, columns),
    foldParts(verdict, columns),
    [`  ${equationOf(report.counts)}`],
    causeLines(causesOf(report), names, columns, showsAll),
    promiseLines({ report, checks, night }, columns, showsAll),
    [
      ...foldParts(facts.cost, columns - 2, ', ').map((line) => styleText('dim', `  ${line}`)),
      ...facts.next.map(([what, how]) => `  ${padTo(what, 22)}${styleText('bold', how)}`),
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headOf({ groups, report }: EndFacts, columns: number): string {
  const right = `${report.region}  SSM Agent ${report.targetVersion}`;
  const run = `${report.runId}  `;
  const room = columns - widthOf(`reveille  ${run}  ${right}`);
  const left = `${styleText('bold', 'reveille')}  ${run}${styleText('dim', cutTo(printable(groups.join(', ')), room))}`;
  return `${padTo(left, columns - widthOf(right))}${styleText('dim', right)}`;
}

function equationOf({ intended, updated, alreadyCurrent, failed, excluded }: Report['counts']): string {
  const failedText = failed > 0 ? styleText('red', `${failed} failed`) : '0 failed';
  return `${intended} intended = ${updated} updated + ${alreadyCurrent} already current + ${failedText} + ${excluded} left out`;
}

function causeLines(causes: Cause[], names: Names, columns: number, showsAll: boolean): string[] {
  const shown = showsAll ? causes : causes.slice(0, CAUSES_MAX);
  const hidden = causes.slice(shown.length);
  const titleColumns = Math.max(0, ...shown.map(({ title }) => widthOf(title))) + 2;
  const lines = shown.flatMap(({ title, instanceIds, errors }) => {
    const who = listed(
      instanceIds.map((id) => names.nameOf(id)),
      columns - 8 - titleColumns,
    );
    return [
      `${styleText('red', `✗${String(instanceIds.length).padStart(4)}`)}  ${padTo(title, titleColumns)}${styleText('dim', who)}`,
      ...errors.flatMap((text) =>
        foldParts(printable(text).split(' '), columns - 9, ' ').map((line) => `       ${line}`),
      ),
    ];
  });
  const instances = hidden.reduce((sum, { instanceIds }) => sum + instanceIds.length, 0);
  const more =
    hidden.length === 0
      ? []
      : [`  and ${hidden.length} more ${hidden.length === 1 ? 'cause' : `causes, ${instances} instances`}: --all`];
  return [...lines.map((line) => `  ${line}`), ...more];
}

/** As many names as fit, and how many there are besides. */
function listed(names: string[], columns: number): string {
  for (let count = names.length; count > 0; count--) {
    const rest = names.length - count;
    const text = `${names.slice(0, count).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
    if (widthOf(text) <= columns) return text;
  }
  return cutTo(names.join(', '), columns);
}
