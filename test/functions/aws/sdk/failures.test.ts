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

  it('keeps of a denial whom it is about, and which policy denies it', () => {
    const user =
      'User: arn:aws:sts::123456789012:assumed-role/reveille-RestoreInstancesFunctionRole-1ABCDEFGHIJKL/reveille-x';
    const what = 'ec2:StopInstances on resource: arn:aws:ec2:eu-central-1:123456789012:instance/i-0123456789abcdef0';
    const policy =
      'with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-a/service_control_policy/p-abc';
    const begins = 'You are not authorized to perform this operation. ';
    const said = `${begins}${user} is not authorized to perform: ${what} ${policy}. Encoded authorization failure message: ${'xY9'.repeat(150)}`;

    expect(describeFailure(awsError('UnauthorizedOperation', said, 403)).message).toBe(
      `not authorized to perform: ec2:StopInstances on resource: instance/i-0123456789abcdef0 ${policy}.`,
    );
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
