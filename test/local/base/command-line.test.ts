import { BadInput } from '../../../local/base/bad-input.ts';
import { exitCodeOf } from '../../../local/base/command-line.ts';

describe('the exit code of a command', () => {
  const end = async (main: () => Promise<number>) => {
    const told: string[] = [];
    return { code: await exitCodeOf(main, (text) => told.push(text)), told };
  };

  it('is its own', async () => {
    expect(await end(async () => 3)).toEqual({ code: 3, told: [] });
  });

  it('is 2 for bad input, whose message is told', async () => {
    expect(await end(() => Promise.reject(new BadInput('no such file')))).toEqual({ code: 2, told: ['no such file'] });
  });

  it('and never sends an order of that input to the terminal', async () => {
    const { told } = await end(() => Promise.reject(new BadInput('two lines:\n\u001b[2J')));
    expect(told).toEqual([
      String.raw`two lines:
\x1b[2J`,
    ]);
  });

  it('is not made of what went wrong in the code', async () => {
    await expect(end(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  });
});
