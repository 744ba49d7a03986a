import { styleText } from 'node:util';
import { lacksCapacity } from '../../../functions/domain/model/aws-errors.ts';
import type { JournalEntry } from '../../account/world/journal.ts';
import { printable } from '../../base/printable.ts';
import { padTo } from '../../base/text-columns.ts';
import { timeOf } from './change-lines.ts';
import type { Names } from './names.ts';

type CallEntry = Extract<JournalEntry, { kind: 'call' }>;

/** Calls that a person wants to see while they happen: what changes something. */
const TOLD = new Set(['StartInstances', 'StopInstances', 'SendCommand', 'CancelCommand', 'Publish']);

const COLOURS = { state: 'cyan', agent: 'blue', update: 'magenta' } as const;

const LABEL_COLUMNS = 22;

/** Refusals of a start that belong to an ordinary night, in words. */
const EXPECTED: Record<string, string> = {
  RequestLimitExceeded: 'not yet: EC2 is asked too often; tried again in half a minute',
  IncorrectInstanceState: 'not yet: the instance is still stopping; tried again in half a minute',
};

/** Turns what happens in the account into lines, as it happens: every call that changes something, and every change. */
export function createNarrator(names: Names): (entry: JournalEntry) => string | null {
  return (entry) => {
    if (entry.kind === 'change') {
      // Every lease would be told twice: by the call, and by each instance.
      if (entry.what === 'tags') return null;
      const colour = COLOURS[entry.what as keyof typeof COLOURS] ?? 'white';
      const label = padTo(names.labelOf(entry.instanceId), LABEL_COLUMNS);
      return `${timeOf(entry.at)}  ${entry.instanceId}  ${label} ${styleText(colour, printable(entry.detail))}`;
    }
    if (!TOLD.has(entry.operation)) return null;
    const caller = entry.principal.replace(/Function$/, '');
    const count = entry.operation === 'Publish' ? '' : ` (${countOf(entry.parameters)})`;
    const verb = isDryRun(entry) ? 'tries' : 'calls';
    return `${timeOf(entry.at)}  ${styleText('bold', `${caller} ${verb} ${entry.operation}${count}`)}${answerOf(entry)}`;
  };
}

const isDryRun = ({ parameters }: CallEntry): boolean => (parameters as { DryRun?: string } | null)?.DryRun === 'true';

/** How AWS answered, if it was no; and a dry run, whatever it was. */
function answerOf(entry: CallEntry): string {
  const { operation, error } = entry;
  if (error === null) return '';
  if (isDryRun(entry)) {
    const isYes = error === 'DryRunOperation';
    return styleText('dim', isYes ? ' yes: it may be stopped again' : ' not yet: asked again, for five minutes');
  }
  if (operation === 'StartInstances') {
    const expected = EXPECTED[error];
    if (expected !== undefined) return styleText('dim', ` ${expected}`);
    if (lacksCapacity(error)) return styleText('yellow', ` no room: ${error}; tried again until the start deadline`);
  }
  return styleText('yellow', ` refused: ${error}`);
}

function countOf(parameters: unknown): number {
  const { InstanceId, InstanceIds } = parameters as { InstanceId?: unknown; InstanceIds?: unknown };
  const ids = InstanceId ?? InstanceIds;
  return Array.isArray(ids) ? ids.length : 1;
}
