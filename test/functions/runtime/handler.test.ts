import * as z from 'zod';
import { ReveilleError } from '../../../functions/domain/model/errors.ts';
import { environment } from '../../../functions/runtime/environment.ts';
import { createHandler, parseEnvironment } from '../../../functions/runtime/handler.ts';
import { timeKeeper } from '../../../functions/runtime/runtime.ts';
import { aContext, awsError, silentLogger, throttled } from '../../support/functions.ts';

const inputSchema = z.object({ group: z.string() });

describe('createHandler', () => {
  it('hands on what was parsed, with the context', async () => {
    const handler = createHandler({ logger: silentLogger() }, 'Greet', inputSchema, async (input, context) => [
      input,
      context.awsRequestId,
    ]);

    const reply = await handler({ group: 'dev', more: true }, aContext({ attempt: 'attempt-7' }));

    expect(reply).toEqual([{ group: 'dev' }, 'attempt-7']);
  });

  it('does nothing with an input that does not fit, and names state and field', async () => {
    const act = jest.fn();
    const handler = createHandler({ logger: silentLogger() }, 'Greet', inputSchema, act);

    await expect(handler({ group: 7 }, aContext())).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(/^Greet: .*group/s),
    });
    expect(act).not.toHaveBeenCalled();
  });

  it.each([
    ['AwsUnavailable', throttled()],
    ['AwsRefused', awsError('AccessDeniedException')],
    ['EmptyGroup', new ReveilleError('EmptyGroup', 'no instance there')],
  ])('gives an error a name that the state machine knows, and logs it: %s', async (name, error) => {
    const logger = silentLogger();
    const handler = createHandler({ logger }, 'Greet', inputSchema, () => Promise.reject(error));

    await expect(handler({ group: 'dev' }, aContext())).rejects.toMatchObject({ name });
    expect(logger.error).toHaveBeenCalledTimes(1);
  });
});

describe('parseEnvironment', () => {
  const schema = z.object({
    BUCKET_NAME: environment.BUCKET_NAME,
    VERIFY_DEADLINE_SECONDS: environment.VERIFY_DEADLINE_SECONDS,
  });

  it('takes what it needs, with numbers as numbers', () => {
    const parsed = parseEnvironment(schema, {
      BUCKET_NAME: 'reveille-bucket',
      VERIFY_DEADLINE_SECONDS: '900',
      PATH: '/bin',
    });

    expect(parsed).toEqual({ BUCKET_NAME: 'reveille-bucket', VERIFY_DEADLINE_SECONDS: 900 });
  });

  it('names everything that is missing or wrong at once', () => {
    const load = () => parseEnvironment(schema, { VERIFY_DEADLINE_SECONDS: '15 minutes' });

    expect(load).toThrow(expect.objectContaining({ name: 'InvalidEnvironment' }));
    expect(load).toThrow(/BUCKET_NAME.*VERIFY_DEADLINE_SECONDS/s);
  });

  it.each(['0', '59', '7201', '60.5'])('does not take a deadline of %s seconds', (value) => {
    expect(() => parseEnvironment(schema, { BUCKET_NAME: 'reveille', VERIFY_DEADLINE_SECONDS: value })).toThrow(
      /VERIFY_DEADLINE_SECONDS/,
    );
  });
});

describe('timeKeeper', () => {
  it.each([
    [60, true],
    [26, true],
    [25, false],
    [1, false],
  ])('with %d seconds left, there is time for another call: %s', (remainingSeconds, hasTime) => {
    expect(timeKeeper(aContext({ remainingSeconds }))()).toBe(hasTime);
  });
});
