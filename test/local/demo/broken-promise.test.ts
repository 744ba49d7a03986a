import { demo, EXIT } from '../../../local/demo/run-demo.ts';
import { checkPromises } from '../../../local/promises/promise-checks.ts';
import { kept } from './a-night.ts';

jest.mock('../../../local/promises/promise-checks.ts', () => ({ checkPromises: jest.fn() }));

it.each([[[]], [['--json']], [['--quiet']]])(
  'a broken promise is the end of the demo with %j: exit code 1',
  async (flags) => {
    jest.mocked(checkPromises).mockReturnValue([kept('no-false-success'), kept('back-as-it-was', 'i-1 is running')]);
    const told: string[] = [];
    const output = { columns: 100, directory: '/', elapsed: () => 0 };
    const tell = (text: string) => told.push(text);

    expect(await demo(flags, { ...output, out: tell, error: tell })).toBe(EXIT.promiseBroken);
    expect(told.join('\n')).toContain('i-1 is running');
    expect(told.join('\n')).not.toMatch(/✓.*Back as it was/);
  },
);
