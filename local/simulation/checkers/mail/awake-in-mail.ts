// Who is awake that slept before, and what a person types to stop it: the first thing that a mail is read for.
import type { ReportInstance } from '../../../../functions/domain/report/report.ts';
import type { MailWords, ToldHeadline } from './mail-words.ts';

type Line = Pick<ReportInstance, 'instanceId' | 'name' | 'originalState' | 'finalState'>;

export const isAwakeAfterSleep = ({ originalState, finalState }: Line): boolean =>
  ['stopped', 'hibernated'].includes(originalState ?? '') &&
  ['running', 'pending', 'handed-over', 'opted-out'].includes(finalState ?? '');

/** `a, b and 3 more`, in either language: the names alone. */
export const namedIn = (text: string): string[] =>
  text
    .replace(/ and \d+ more$|、ほか\d+台$/, '')
    .split(/, |、/)
    .filter((name) => name !== '');

/** `a, b and 3 more`, in either language: how many these are. */
export const countedIn = (text: string): number =>
  namedIn(text).length + Number(/ and (\d+) more$|、ほか(\d+)台$/.exec(text)?.slice(1).join('') ?? 0);

const isCalled = (name: string, line: Line): boolean => line.name === name || line.instanceId === name;

/** Whom the brackets name, and of how many they say that a tag keeps them awake. */
function readAwake(text: string, words: MailWords): { names: string; byTag: number } {
  const its = words.byItsTag.exec(text);
  if (its !== null) return { names: its[1] ?? '', byTag: 1 };
  const theirs = words.byTheirTags.exec(text);
  return theirs === null ? { names: text, byTag: 0 } : { names: theirs[1] ?? '', byTag: Number(theirs[2]) };
}

/** The names in the brackets, and none that the report does not call left awake; whom a tag keeps awake is told as that. */
export function aboutNamesAwake(
  lines: Line[],
  { awake, leftAwake }: ToldHeadline,
  text: string,
  words: MailWords,
): string[] {
  const all = lines.filter(isAwakeAfterSleep);
  const tagged = all.filter(({ finalState }) => finalState === 'opted-out').length;
  const { names, byTag } = readAwake(awake, words);
  const strangers = namedIn(names).filter((name) => !all.some((line) => isCalled(name, line)));
  const isAlone = words.byItsTag.test(awake);
  return [
    ...(awake === '' || byTag === tagged ? [] : [`${tagged} were left awake by their tags, and it is told: ${text}`]),
    ...(isAlone && leftAwake !== 1 ? [`${leftAwake} are left awake, and one by its tag is told: ${text}`] : []),
    ...(names === '' || countedIn(names) === leftAwake - (isAlone ? 0 : byTag)
      ? []
      : [`not all ${leftAwake} are named or counted: ${text}`]),
    ...strangers.map((name) => `${name} was not left awake, and it is told: ${text}`),
  ];
}

/** Who is left awake and who has failed is named where there is room for it: a number alone sends a person to look for it. */
export function aboutRoom(
  lines: Line[],
  { awake, leftAwake, failed, failures }: ToldHeadline,
  text: string,
  max: number,
): string[] {
  const longest = Math.max(0, ...lines.map(({ name, instanceId }) => Math.max(name?.length ?? 0, instanceId.length)));
  // With brackets around them, and with how many more there are.
  const isRoomy = max - text.length > 2 * (longest + 20);
  const isUnnamed = (leftAwake > 0 && awake === '') || (failed > 0 && failures === '');
  return isRoomy && isUnnamed ? [`there is room for names: ${text}`] : [];
}

/** The commands in a mail, each with the instances that it stops. */
const commandsIn = (message: string): { ids: string[]; region: string; isHibernating: boolean }[] =>
  [...message.matchAll(/^ {2}aws ec2 stop-instances --region (\S+)( --hibernate)? --instance-ids (.+)$/gm)].map(
    ([, region = '', hibernate, ids = '']) => ({ ids: ids.split(' '), region, isHibernating: hibernate !== undefined }),
  );

/** Each of them is stopped by one of the commands that the mail gives, and hibernated if it was; no other one is. */
export function aboutStopCommands(
  message: string,
  leftAwake: { instanceId: string; originalState: string | null }[],
  region: string | null,
): string[] {
  const commands = commandsIn(message);
  const stopped = commands
    .flatMap(({ ids, isHibernating }) => ids.map((id) => `${id}${isHibernating ? '+' : ''}`))
    .sort();
  const should = leftAwake
    .map(({ instanceId, originalState }) => `${instanceId}${originalState === 'hibernated' ? '+' : ''}`)
    .sort();
  const isRight = stopped.join() === should.join() && commands.every((one) => region === null || one.region === region);
  return isRight
    ? []
    : [`${should.join(' ') || 'none'} left awake, and the commands of the mail stop ${stopped.join(' ') || 'none'}`];
}
