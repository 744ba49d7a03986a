import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What is asked of the programs that the pages show. */
export interface Programs {
  /** The help of a program's command; null if the program is not on the path. */
  help(words: string[]): string | null;
  /** What the aws CLI objects to a command line, without calling AWS; '' if nothing, null if there is no aws CLI. */
  awsObjects(words: string[]): string | null;
  /** What bash objects to a script; '' if nothing. */
  bashObjects(script: string): string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const TIMEOUT_MS = 60_000;

/** The CLI fails for any flag that it does not know, and makes no call with this one. A few commands do not have it. */
const NO_CALL = ['--generate-cli-skeleton', 'input'];

const NO_CALL_UNKNOWN = /Unknown options: --generate-cli-skeleton, ?input\s*$/;

/** The programs of this machine; each help is asked for once. */
export function installedPrograms(): Programs {
  const known = new Map<string, string | null>();
  return {
    help(words) {
      const key = words.join(' ');
      const help = known.get(key) ?? run([...words, '--help'])?.text ?? null;
      known.set(key, help);
      return help;
    },
    awsObjects(words) {
      const result = run([...words, ...NO_CALL]);
      if (result === null) return null;
      return result.status === 0 || NO_CALL_UNKNOWN.test(result.text) ? '' : result.text.trim();
    },
    bashObjects: (script) => spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr.trim(),
  };
}

/** @returns null if there is no such program */
function run([program = '', ...args]: string[]): { status: number | null; text: string } | null {
  const { error, status, stdout, stderr } = spawnSync(program === 'node' ? process.execPath : program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { ...process.env, AWS_REGION: 'us-east-1', AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return null;
  return { status, text: `${stdout}${stderr}` };
}
