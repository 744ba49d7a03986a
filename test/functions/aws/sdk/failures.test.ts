import { describeFailure, withErrorName } from '../../../../functions/aws/sdk/failures.ts';
import { ReveilleError } from '../../../../functions/domain/model/errors.ts';
import { awsError } from '../../../support/functions.ts';

const failing = (error: unknown) => withErrorName('StopInstances', () => Promise.reject(error));
const networkError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('withErrorName', () => {
  it('hands through what was done', async () => {
    expect(await withErrorName('StopInstances', async () => 'done')).toBe('done');
  });

  it.each([
    ['throttling, 503', awsError('RequestLimitExceeded', 'Request limit exceeded.', 503)],
    ['throttling, 400', awsError('ThrottlingException', 'Rate exceeded', 400)],
    ['throttling, 429', awsError('TooManyRequestsException', 'Too many', 429)],
    ['S3 asking for less', awsError('SlowDown', 'Please reduce your request rate.', 503)],
    ['a server error of any name', awsError('InternalError', 'We encountered an internal error.', 500)],
    ['what S3 asks to be tried again', awsError('ConditionalRequestConflict', 'Conflicting operation', 409)],
    ['what SSM asks to be tried again', awsError('TooManyUpdates', 'Too many updates', 400)],
    ['a broken connection', networkError('ECONNRESET')],
    ['a refused connection', networkError('ECONNREFUSED')],
    ['an unknown host', networkError('ENOTFOUND')],
    ['no answer in time', awsError('TimeoutError', 'Connection timed out', 0)],
  ])('takes %s for AwsUnavailable: worth another try', async (_what, error) => {
    await expect(failing(error)).rejects.toMatchObject({ name: 'AwsUnavailable', cause: error });
  });

  it.each([
    ['AccessDeniedException', awsError('AccessDeniedException', 'User: x is not authorized', 400)],
    ['UnauthorizedOperation', awsError('UnauthorizedOperation', 'You are not authorized', 403)],
    ['ValidationException', awsError('ValidationException', '1 validation error', 400)],
    ['TypeError', new TypeError('undefined is not a function')],
  ])('takes %s for AwsRefused: another try would be in vain', async (code, error) => {
    await expect(failing(error)).rejects.toMatchObject({
      name: 'AwsRefused',
      message: expect.stringMatching(new RegExp(`^StopInstances: ${code}: `)),
    });
  });

  it('leaves an error that has one of our names as it is', async () => {
    const error = new ReveilleError('EmptyGroup', 'no instance there');

    await expect(failing(error)).rejects.toBe(error);
  });
});

describe('describeFailure', () => {
  it('reads the code of EC2’s and S3’s errors where those have it', () => {
    const error = Object.assign(new Error('no'), { name: 'Error', Code: 'InvalidInstanceID.NotFound' });

    expect(describeFailure(error).code).toBe('InvalidInstanceID.NotFound');
  });

  it('makes one line of bounded length of a message', () => {
    const { message } = describeFailure(awsError('X', `one\n\ttwo\u0000 ${'y'.repeat(1000)}`));

    expect(message).toMatch(/^one two y+…$/);
    expect(message).toHaveLength(260);
  });

  it('takes what is no error at all', () => {
    expect(describeFailure('boom')).toEqual({
      code: 'Unknown',
      message: 'boom',
      passing: false,
      isRefusal: false,
      nothingWasDone: false,
    });
  });

  it.each([
    ['a refusal', awsError('UnauthorizedOperation', 'You are not authorized', 403), true],
    ['throttling', awsError('RequestLimitExceeded', 'Request limit exceeded.', 503), true],
    ['a server error', awsError('InternalError', 'We encountered an internal error.', 500), false],
    ['a broken connection', networkError('ECONNRESET'), false],
    ['no answer in time', awsError('TimeoutError', 'Connection timed out', 0), false],
    ['a mistake of our own', new TypeError('undefined is not a function'), false],
  ])('knows whether nothing was done, after %s', (_what, error, nothingWasDone) => {
    expect(describeFailure(error).nothingWasDone).toBe(nothingWasDone);
  });
});
