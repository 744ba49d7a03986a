import { EXIT } from '../../../local/base/exit-codes.ts';
import { demo } from '../../../local/commands/demo.ts';
import { checkPromises } from '../../../local/promises/promise-checks.ts';
import { typeIn } from '../../support/terminal.ts';
import { kept } from './a-night.ts';

jest.mock('../../../local/promises/promise-checks.ts', () => ({ checkPromises: jest.fn() }));

it.each([[[]], [['--json']], [['--quiet']]])(
  'a broken promise is the end of the demo with %j: exit code 1',
  async (flags) => {
    jest.mocked(checkPromises).mockReturnValue([kept('no-false-success'), kept('back-as-it-was', 'i-1 is running')]);
    const { code, out, errors } = await typeIn('/', [demo], ['demo', ...flags]);
    expect(code).toBe(EXIT.promiseBroken);
    expect(out + errors).toContain('i-1 is running');
    expect(out + errors).not.toMatch(/✓.*Back as it was/);
  },
);
