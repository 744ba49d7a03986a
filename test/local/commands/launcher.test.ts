import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, launcher, node, rootPath, start } from './children.ts';

const folder = mkdtempSync(join(tmpdir(), 'reveille-launcher-'));
afterAll(() => rmSync(folder, { recursive: true }));

const account = (...args: string[]) => start(node, [launcher, 'account', '--port', '0', '--speed', '60', ...args]);

describe('the launcher', () => {
  it('says what to do where nothing is installed', async () => {
    mkdirSync(join(folder, 'local/commands'), { recursive: true });
    cpSync(launcher, join(folder, 'local/commands/reveille.mjs'));
    const { code, out, errors } = await start(node, [join(folder, 'local/commands/reveille.mjs'), 'demo']).ended;
    expect([code, out]).toEqual([2, '']);
    expect(errors).toBe('Nothing is installed here, or not all: run npm ci first\n');
  });

  it('passes arguments on, and the exit code back', async () => {
    expect(await start(node, [launcher, 'demo', '--group', 'nowhere']).ended).toMatchObject({ code: 3, out: '' });
    expect(await start(node, [launcher, 'fleet', '--help']).ended).toMatchObject({ code: 0, errors: '' });
  });

  it('reads a relative path from where it was typed, also under npm', async () => {
    const { errors } = await start(node, [launcher, 'demo', '--fleet', 'nowhere.json'], { cwd: folder }).ended;
    expect(errors).toBe(`${join(folder, 'nowhere.json')} does not exist\n`);
    const env = { INIT_CWD: folder };
    const underNpm = await start(node, [launcher, 'demo', '--fleet', 'nowhere.json'], { env }).ended;
    expect(underNpm.errors).toBe(errors);
  });
});

/** The same program behind another node, such as the one of the machine: a copy of ours has another path. */
describe('under another node', () => {
  const other = join(folder, 'node');
  beforeAll(() => cpSync(node, other, { dereference: true }));
  const launch = (...args: string[]) => start(other, [launcher, ...args]);

  it('passes the exit code back', async () => {
    expect(await launch('demo', '--group', 'nowhere').ended).toMatchObject({ code: 3 });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on, and the account ends', async (signal) => {
    const child = launch('account', '--port', '0');
    await child.says('Ctrl-C ends it.');
    child.process.kill(signal);
    expect(await child.ended).toMatchObject({
      code: 0,
      errors: '',
      out: expect.stringMatching(/No run was at work\.\n$/),
    });
  });

  it('ends as if by the signal that has ended the program', async () => {
    const child = launch('demo', '--fleet', 'fleets/mixed-500.json');
    await child.says(' listed ');
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code: 143, errors: '' });
  });
});

describe('the served account', () => {
  /** The address, once it is there. */
  const addressOf = async (child: Child) =>
    /http:\/\/127\.0\.0\.1:\d+/.exec(await child.says('Ctrl-C ends it.'))?.[0] ?? '';
  const startRun = async (url: string) => {
    const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:reveille-update-agents';
    const reply = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AWSStepFunctions.StartExecution',
        authorization:
          'AWS4-HMAC-SHA256 Credential=me/20261206/eu-central-1/states/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ stateMachineArn, name: 'tonight' }),
    });
    expect(reply.status).toBe(200);
  };

  it('says at its end which runs it ends', async () => {
    const child = account();
    await startRun(await addressOf(child));
    await child.says('run tonight is at work');
    child.process.kill('SIGINT');
    const { code, out, errors } = await child.ended;
    expect([code, errors]).toEqual([0, '']);
    expect(out).toMatch(/\nThe account ends, and with it the run tonight\.\n$/);
  });

  it('can be told twice, as npm does', async () => {
    const child = account('--quiet');
    await child.says('Ctrl-C ends it.');
    child.process.kill('SIGINT');
    child.process.kill('SIGINT');
    const { code, out } = await child.ended;
    // null: when the second came, it had ended, and node had let go of its signals.
    expect([0, null]).toContain(code);
    expect(out.match(/The account ends/g)).toHaveLength(1);
  });

  it('tells nothing with --quiet', async () => {
    const child = account('--quiet');
    await startRun(await addressOf(child));
    child.process.kill('SIGTERM');
    expect((await child.ended).out).not.toContain('is at work');
  });

  it('says what to do about a port that is taken', async () => {
    const child = account();
    const port = /\d+$/.exec(await addressOf(child))?.[0] ?? '';
    const second = await start(node, [launcher, 'account', '--port', port]).ended;
    expect([second.code, second.out]).toEqual([2, '']);
    expect(second.errors).toMatch(
      /^--port: \d+ can not be opened \(.*EADDRINUSE.*\); give another one, or 0 for any\n$/,
    );
    child.process.kill('SIGTERM');
    await child.ended;
  });

  it('leaves no process when npm is ended', async () => {
    const npm = start('npm', ['run', 'account', '--', '--port', '0', '--quiet']);
    await npm.says('Ctrl-C ends it.');
    npm.process.kill('SIGTERM');
    // Standard output is closed when the last process that has it is gone.
    expect((await npm.ended).out).toMatch(/The account ends\. No run was at work\.\n$/);
  });
});

describe('a reader that goes', () => {
  it.each([
    ['demo', 'demo'],
    ['fleet', 'fleet --instances 1000'],
  ])('ends %s quietly', async (_, line) => {
    const script = `"${node}" "${launcher}" ${line} | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { out, errors } = await start('bash', ['-c', script]).ended;
    expect(errors).toBe('');
    expect(out.trim().split('\n')).toEqual([expect.any(String), '0']);
  });

  it('before the first line ends the account quietly: it prints no more until it is asked', async () => {
    const script = `"${node}" "${launcher}" account --port 0 | true; echo "\${PIPESTATUS[0]}"`;
    const { out, errors } = await start('bash', ['-c', script]).ended;
    expect([out.trim(), errors]).toEqual(['0', '']);
  });

  it('of errors ends it quietly, too', async () => {
    const script = `{ "${node}" "${launcher}" demo --group nowhere 2>&1 >&3 3>&-; echo $? >&4; } 3>&1 4>&1 | true`;
    expect(await start('bash', ['-c', script], { cwd: rootPath }).ended).toMatchObject({ errors: '' });
  });
});
