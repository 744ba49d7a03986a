import { styleText } from 'node:util';
import { printable } from '../base/printable.ts';
import { cutTo, padTo, widthOf } from '../base/text-columns.ts';
import type { WindowNight } from './maintenance-window.ts';
import type { TrueGroup, TrueNight } from './true-night.ts';

const GROUPS_MAX = 3;

/** Told as what it is: AWS's documentation does not say it (docs/aws-behaviour.md 59). */
const EXPERIENCE = 'Stopped members skipped in silence: the experience of one real account.';

/** The same night, twice, side by side: what each said, and what it really did. */
export function twoNights(window: WindowNight, reveille: TrueNight, columns: number): string[] {
  const row = createRow(columns);
  const asleep =
    window.asleepAfter === window.asleepBefore
      ? `${window.asleepAfter} left asleep`
      : `${window.asleepAfter} of ${window.asleepBefore} asleep`;
  return [
    row(
      styleText('bold', 'The same night, twice'),
      styleText('bold', 'A maintenance window'),
      styleText('bold', 'Reveille'),
    ),
    row('  What it said', window.says, saidOf(reveille)),
    row(
      '  Old agents really updated',
      shareOf(window.updated, reveille.old, MISSED),
      shareOf(reveille.updated, reveille.old, TOLD),
    ),
    ...groupRows(window, reveille.groups, row),
    row('  Instances asleep', asleep, `${reveille.woken} woken, ${reveille.asleepAgain} asleep again`),
    styleText('dim', `  ${EXPERIENCE}`),
  ];
}

/** What is told of the window's night before Reveille's begins. */
export const openingLines = (window: WindowNight): string[] => [
  styleText('bold', 'First night: a maintenance window sends AWS-UpdateSSMAgent to each resource group.'),
  ...window.groups.map(({ group, members, reached, updated, says, saysDetails }) => {
    const details = saysDetails === '' ? '' : ` (${saysDetails})`;
    return `  ${printable(group)}: ${members} members, ${reached} reached, ${updated} updated: ${says}${details}`;
  }),
  `  It ended ${window.says}.`,
  styleText('bold', `The same night again: Reveille, with the same ${window.members} instances.`),
];

/** Not all, and said to be a success. */
const MISSED = styleText('red', '✗');

/** Not all, and the report says of each why. */
const TOLD = styleText('yellow', '!');

const shareOf = (updated: number, old: number, sign: string): string =>
  `${updated === old ? styleText('green', '✓') : sign} ${updated} of ${old}`;

const saidOf = ({ says }: TrueNight): string => (says === 'SUCCEEDED' ? says : styleText('red', says));

type Row = (label: string, window: string, reveille: string) => string;

function createRow(columns: number): Row {
  const first = Math.floor(columns * 0.38);
  const second = Math.floor(columns * 0.32);
  return (label, window, reveille) => `${padTo(label, first)}${padTo(window, second)}${reveille}`.trimEnd();
}

/** The groups that tell most: those of which the window has reached least. One group alone tells what the sum tells. */
function groupRows(window: WindowNight, groups: TrueGroup[], row: Row): string[] {
  if (groups.length < 2) return [];
  const told = groups
    .map((group) => ({ group, seen: window.groups.find((one) => one.group === group.group) }))
    .sort((one, other) => missed(other.group, other.seen?.updated) - missed(one.group, one.seen?.updated));
  const shown = told.slice(0, GROUPS_MAX);
  const nameColumns = Math.min(12, Math.max(...shown.map(({ group }) => widthOf(printable(group.group)))));
  return [
    ...shown.map(({ group, seen }) => {
      const name = padTo(cutTo(printable(group.group), nameColumns), nameColumns);
      const said = seen === undefined ? '-' : `${shareOf(seen.updated, group.old, MISSED)}, ${seen.says}`;
      return row(`    ${name}  ${standing(group)}`, said, shareOf(group.updated, group.old, TOLD));
    }),
    ...(told.length > shown.length ? [`    and ${told.length - shown.length} more groups`] : []),
  ];
}

const missed = ({ old }: TrueGroup, updated = 0): number => old - updated;

function standing({ members, asleep }: TrueGroup): string {
  if (asleep === members) return `all ${members} asleep`;
  return asleep === 0 ? `none of ${members} asleep` : `${asleep} of ${members} asleep`;
}
