import { styleText } from 'node:util';
import type { Report } from '../../functions/domain/report/report.ts';
import { foldParts, padTo } from '../base/text-columns.ts';
import type { PromiseCheck } from '../promises/promise-checks.ts';
import type { TrueNight } from './true-night.ts';
import { hasLostHibernation, plural } from './verdict.ts';

/** What the two promises are judged by. */
export interface PromiseFacts {
  report: Report;
  checks: PromiseCheck[];
  night: TrueNight;
}

const BROKEN_MAX = 5;

const NAME_COLUMNS = 19;

const INDENT = '    ';

type PromiseName = PromiseCheck['upholds'];

/** Whether something of a promise was checked, and all of it held. */
export function isPromiseKept(checks: PromiseCheck[], promise: PromiseName): boolean {
  const own = checks.filter(({ upholds }) => upholds === promise);
  return own.length > 0 && own.every(({ broken }) => broken.length === 0);
}

/** Both promises: kept, with the facts, or broken, with what speaks against them. */
export function promiseLines(facts: PromiseFacts, columns: number, showsAll: boolean): string[] {
  const lost = facts.report.instances.some(hasLostHibernation);
  const kept = (promise: PromiseName, name: string, sign: string, told: string[]) =>
    isPromiseKept(facts.checks, promise)
      ? keptLines(name, sign, foldParts(told, columns - INDENT.length - NAME_COLUMNS, ''))
      : brokenLines(facts.checks, promise, name, showsAll);
  return [
    ...kept('no-false-success', 'No false success', GOOD, truthOf(facts)),
    ...kept('back-as-it-was', 'Back as it was', lost ? NOTABLE : GOOD, restoringOf(facts)),
  ];
}

const GOOD = styleText('green', '✓');

/** Kept, and yet there is something to know: EC2 has lost something, and the report says so. */
const NOTABLE = styleText('yellow', '!');

function keptLines(name: string, sign: string, [first = '', ...others]: string[]): string[] {
  return [
    `  ${sign} ${styleText('green', padTo(name, NAME_COLUMNS))}${first.trimEnd()}`,
    ...others.map((line) => `${INDENT}${' '.repeat(NAME_COLUMNS)}${line.trimEnd()}`),
  ];
}

function brokenLines(checks: PromiseCheck[], promise: PromiseName, name: string, showsAll: boolean): string[] {
  const own = checks.filter(({ upholds }) => upholds === promise);
  const broken = own.flatMap((check) => check.broken);
  const shown = showsAll ? broken : broken.slice(0, BROKEN_MAX);
  const missing = broken.length - shown.length;
  return [
    `  ${styleText('red', `✗ ${padTo(name, NAME_COLUMNS)}${own.length === 0 ? 'not checked' : 'broken'}`)}`,
    ...shown.map((text) => `${INDENT}  ${styleText('red', text)}`),
    ...(missing > 0 ? [`${INDENT}  and ${missing} more: --all`] : []),
  ];
}

function truthOf({ report }: PromiseFacts): string[] {
  const { updated } = report.counts;
  if (updated === 0) return ['no new version is claimed'];
  return [
    `${plural(updated, 'new version', 'new versions, each')}${updated === 1 ? ',' : ''} reported by the agent itself`,
  ];
}

function restoringOf({ report, night }: PromiseFacts): string[] {
  const { woken, asleepAgain, running, stillRunning } = night;
  const lost = report.instances.filter(hasLostHibernation).length;
  const stopped = lost > 0 ? ` (${lost} of them stopped, not hibernated)` : '';
  const others = woken > asleepAgain ? `, ${woken - asleepAgain} left to someone else` : '';
  const wokenText = woken === 0 ? 'none was woken' : `${woken} woken, ${asleepAgain} asleep again${stopped}${others}`;
  if (running === 0) return [wokenText];
  if (running === 1) return [`${wokenText}; `, '1 was running, and Reveille did not stop it'];
  const stoppedText = stillRunning === running ? 'none of them was stopped' : 'Reveille stopped none of them';
  return [`${wokenText}; `, `${running} were running, ${stoppedText}`];
}
