import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import { isAwakeAfterSleep } from './awake-in-mail.ts';
import type { MailWords } from './mail-words.ts';
import { withClocks } from './with-clocks.ts';

/** A mail tells so many instances one by one. */
const LINES_MAX = 100;

const NAME_LENGTH_MAX = 40;

/** What needs looking at comes first. */
const ORDER: ReportInstance['outcome'][] = ['failed', 'excluded', 'updated', 'already-current'];

/** How a line begins: who it is, in which group, and how it ended. */
function beginningOf({ instanceId, name, group, outcome }: ReportInstance, words: MailWords): string {
  const named = name === null || name.length > NAME_LENGTH_MAX ? '' : `${name}  `;
  return `  ${instanceId}  ${named}${group}  ${words.outcomes[outcome]}  `;
}

/** How long it was awake, or since when. */
function isAwakeTold(line: ReportInstance, text: string, words: MailWords): boolean {
  const { awakeSeconds, wokenAt } = line;
  const isTimed = awakeSeconds !== null && text.includes(words.awakeFor(Math.round(awakeSeconds / 60)));
  const isSince = wokenAt !== null && text.includes(wokenAt.slice(0, 10)) && text.includes(words.awakeSince);
  if (awakeSeconds !== null) return isTimed;
  return (
    text.includes(words.awakeSince) === (wokenAt !== null && isAwakeAfterSleep(line)) &&
    (isSince || !text.includes(words.awakeSince))
  );
}

/** Each instance has one line, which says what the report says, and they stand in the order of how much they need looking at. */
export function aboutMailedLines({ instances }: Report, message: string, words: MailWords): string[] {
  if (instances.length > LINES_MAX) return [];
  const told = message.split('\n');
  const missing = instances.filter((line) => {
    const [text = '', ...again] = told.filter((one) => one.startsWith(`  ${line.instanceId}  `));
    const parts = [
      `${line.versionBefore ?? '?'} -> ${line.versionAfter ?? '?'}, ${line.finalState ?? words.stateUnknown}`,
      line.reason === null ? '' : withClocks(line.reason.text),
      line.reason === null ? '' : `[${line.reason.code}]`,
      ...line.notes.map((note) => withClocks(note.text)),
    ];
    const isWhole = text.startsWith(beginningOf(line, words)) || (line.name?.length ?? 0) > NAME_LENGTH_MAX;
    const isTold = parts.every((part) => text.includes(part)) && isAwakeTold(line, text, words);
    return again.length > 0 || !isWhole || !isTold;
  });
  const others = instances.filter((line) => !isAwakeAfterSleep(line));
  const placeOf = ({ instanceId }: ReportInstance) => told.findIndex((one) => one.startsWith(`  ${instanceId}  `));
  const places = ORDER.flatMap((outcome) => others.filter((line) => line.outcome === outcome)).map(placeOf);
  const awake = instances.filter(isAwakeAfterSleep).map(placeOf);
  const isOrdered = [...awake, ...places].every((place, index, all) => index === 0 || place > (all[index - 1] ?? 0));
  return [
    ...missing.map(({ instanceId }) => `the mail does not tell ${instanceId} as the report does`),
    ...(isOrdered ? [] : ['the lines of the mail are not in the order of what needs looking at']),
  ];
}
