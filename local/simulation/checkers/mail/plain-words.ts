import type { Evidence } from '../../evidence/evidence.ts';

/** What a program says where it has nothing to say. No name, group or word of AWS in the simulation has any of these. */
const OF_PROGRAMS = /(?<![\w-])(?:null|undefined|NaN|Infinity|Invalid Date|\[object \w+\])(?![\w-])/;

/** What it says to people instead of what they ask; null: nothing. */
export const slipIn = (text: string): string | null => {
  const found = OF_PROGRAMS.exec(text);
  return found === null ? null : text.slice(Math.max(0, found.index - 60), found.index + 40).replaceAll('\n', ' ');
};

/** A heading with nothing below it: its line ends with a colon, and what it announces is indented. */
const emptyHeadings = (message: string): string[] => {
  const lines = message.split('\n');
  return lines.filter((line, index) => /^\S.*[:：]$/.test(line) && !(lines[index + 1] ?? '').startsWith('  '));
};

/** What is sent to people has the words of people, and announces nothing that does not come. */
export const aboutWording = ({ overheard, executions }: Evidence): string[] => [
  ...overheard.mails.flatMap(({ subject, message, https }) => {
    const slip = slipIn(subject) ?? slipIn(message) ?? slipIn(https.replaceAll(/":(?:null|true|false)\b/g, '":0'));
    return [
      ...(slip === null ? [] : [`a mail says: ${slip}`]),
      ...emptyHeadings(message).map((heading) => `a mail announces "${heading}", and nothing follows`),
    ];
  }),
  ...executions.flatMap(({ name, report }) =>
    (report?.instances ?? []).flatMap(({ instanceId, reason, notes }) =>
      [...(reason === null ? [] : [reason]), ...notes].flatMap(({ text }) => {
        const slip = slipIn(text);
        return slip === null ? [] : [`${name}: of ${instanceId} its report says: ${slip}`];
      }),
    ),
  ),
];
