import { shellLinesOf } from './shell-lines.ts';

/** Whether a line of commands is run by another step of .ci/run already. */
export type RunsElsewhere = (commands: string[][]) => boolean;

const NPM_COMMAND = /\bnpm (?:cit|ci|test|run [^;&|}\n]+)/g;

/**
 * @param ciScript the text of .ci/run
 * @param scripts those of package.json, by name: `npm run check` is run elsewhere, if all that it consists of is
 */
export function runsElsewhere(ciScript: string, scripts: Record<string, string>): RunsElsewhere {
  const partsOf = (words: string[]): string[] => {
    const [program, what = '', ...rest] = words.filter((word) => word !== '--silent');
    const whole = [words.join(' ')];
    if (program !== 'npm' || what === 'ci') return whole;
    if (what === 'cit') return ['npm ci', ...partsOf(['npm', 'test'])];
    const [name = '', separator, ...flags] = what === 'run' ? rest : [what, ...rest];
    const script = scripts[name];
    if (script === undefined) return whole;
    const text = separator === '--' ? `${script} ${flags.join(' ')}` : script;
    return shellLinesOf(text).flatMap(({ commands }) => commands.flatMap(partsOf));
  };
  const known = new Set(
    [...ciScript.matchAll(NPM_COMMAND)].flatMap(([command]) => partsOf(command.trim().split(/\s+/))),
  );
  return (commands) => commands.length > 0 && commands.flatMap(partsOf).every((part) => known.has(part));
}
