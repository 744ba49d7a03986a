import type { Block } from './blocks.ts';
import type { Programs } from './programs.ts';
import { shellLinesOf } from './shell-lines.ts';
import type { TemplateFacts } from './template-facts.ts';

/** What the commands are held to. */
export interface Rules {
  programs: Programs;
  /** The scripts of package.json, by name. */
  scripts: Record<string, string>;
  template: TemplateFacts;
}

/** Of which nothing has to be known but that they exist. */
const PLAIN = new Set(['export', 'cd', 'echo', 'grep', 'sha256sum', 'sleep', '.ci/run']);

const NPM_ITSELF = new Set(['ci', 'cit', 'test', 'install']);

/** Flags of npm run itself, before the script's name. */
const NPM_RUN_FLAGS = new Set(['--silent', '-s']);

/** Why the program could not be asked. It is no fault of the page. */
export class NotHere extends Error {}

/**
 * What is wrong with the commands of a block, without running them: a program, script, flag or parameter that does not exist.
 * @throws NotHere if a program that would have to be asked is not installed
 */
export function judgeBlock({ page, line, text, marker }: Block, rules: Rules): string[] {
  const objection = rules.programs.bashObjects(text);
  const stale = marker.instead.filter(([shown]) => !text.includes(shown));
  const problems = [
    ...(objection === '' ? [] : [`bash does not take it: ${objection}`]),
    ...stale.map(([shown]) => `"${shown}" is to be replaced in CI, and does not stand there`),
    ...shellLinesOf(text).flatMap(({ commands }) => commands.flatMap((words) => judgeCommand(words, rules))),
  ];
  return problems.map((problem) => `${page}:${line}: ${problem}`);
}

function judgeCommand(words: string[], rules: Rules): string[] {
  const [program = '', ...rest] = words;
  if (program === 'npm') return judgeNpm(rest, rules);
  if (program === 'npx') return judgeFlags(words.slice(0, 3), rest.slice(2), rules);
  if (program === 'node') return judgeFlags(words.slice(0, 2), rest.slice(1), rules);
  if (program === 'sam') return judgeSam(rest, rules);
  if (program === 'aws') return judgeAws(words, rules);
  return PLAIN.has(program) ? [] : [`${program} is no program that is known here`];
}

function judgeNpm([what = '', ...rest]: string[], rules: Rules): string[] {
  if (NPM_ITSELF.has(what) && rest.length === 0) return [];
  if (what !== 'run') return [`npm ${[what, ...rest].join(' ')} is not known here`];
  const [name = '', ...given] = rest.filter((word, index) => index > 1 || !NPM_RUN_FLAGS.has(word));
  const script = rules.scripts[name];
  if (script === undefined) return [`package.json has no script "${name}"`];
  const [separator, ...flags] = given;
  if (separator === undefined) return [];
  if (separator !== '--') return [`npm itself takes "${separator}": flags of a script come after --`];
  const [program = '', ...own] = script.split(' ');
  if (program !== 'node') return flags.length === 0 ? [] : [`npm run ${name} takes no flags that could be checked`];
  return judgeFlags([program, ...own], flags, rules);
}

/** Each flag has to stand in the help of its command. */
function judgeFlags(command: string[], given: string[], { programs }: Rules): string[] {
  const flags = given.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? word);
  if (flags.length === 0) return [];
  const help = programs.help(command);
  if (help === null) throw new NotHere(`${command[0]} is not here`);
  const known = new Set(help.match(/--[a-z][a-z-]*/g));
  return flags.filter((flag) => !known.has(flag)).map((flag) => `${command.join(' ')} has no flag ${flag}`);
}

function judgeSam(words: string[], rules: Rules): string[] {
  const [command = '', sub] = words;
  const isGroup = command === 'local' && sub !== undefined;
  const given = words.slice(isGroup ? 2 : 1);
  const [name] = given;
  const isFunction = isGroup && sub === 'invoke' && name !== undefined && !name.startsWith('--');
  const unknown = isFunction && !rules.template.functions.has(name) ? [`template.yaml has no function ${name}`] : [];
  return [
    ...unknown,
    ...judgeFlags(['sam', command, ...(isGroup ? [sub] : [])], given, rules),
    ...overridesIn(given).flatMap((override) => rules.template.judgeOverride(override)),
  ];
}

/** NAME=VALUE after `--parameter-overrides`, up to the next flag. */
function overridesIn(given: string[]): string[] {
  const after = given.slice(given.indexOf('--parameter-overrides') + 1);
  const end = after.findIndex((word) => word.startsWith('--'));
  return given.includes('--parameter-overrides') ? after.slice(0, end < 0 ? undefined : end) : [];
}

function judgeAws(words: string[], { programs }: Rules): string[] {
  const objection = programs.awsObjects(words);
  if (objection === null) throw new NotHere('aws is not here');
  return objection === '' ? [] : [`${words.slice(0, 3).join(' ')}: ${objection.split('\n').at(-1)}`];
}
