import { connect } from 'node:net';
import { ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { aFleet, stopped } from '../../support/account.ts';
import { at } from '../../support/builders.ts';
import { ask, rest, type Served, serving } from './served.ts';

const MEGABYTE = 1024 * 1024;
const json = (target: string) => ({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target });
const LIST = json('AWSStepFunctions.ListStateMachines');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Whatever was sent before: an SDK client still gets its answer. */
const lives = async ({ sfn }: Served) =>
  expect((await sfn.send(new ListStateMachinesCommand({}))).stateMachines).toHaveLength(1);

const visiting = (work: (served: Served) => Promise<void>) => () =>
  serving(aFleet(stopped()), at('02:00'), async (served) => {
    await work(served);
    await lives(served);
  });

/** Writes bytes to the door and waits for what comes back until the door closes. */
const write = ({ port }: Served, bytes: Buffer | string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });

describe('a request that carries no signature', () => {
  it('is refused in the words of its protocol', () =>
    visiting(async (served) => {
      const none = { authorization: null };
      const asJson = await ask(served, 'states', { headers: { ...LIST, ...none }, body: '{}' });
      expect([asJson.statusCode, JSON.parse(asJson.text).__type]).toEqual([403, 'MissingAuthenticationTokenException']);
      const asQuery = await ask(served, 'sts', { headers: { ...FORM, ...none }, body: 'Action=GetCallerIdentity' });
      expect([asQuery.statusCode, asQuery.text]).toEqual([
        403,
        expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
      ]);
      const asRest = await ask(served, 'lambda', { method: 'GET', path: '/2015-03-31/functions', headers: none });
      expect([asRest.statusCode, asRest.headers['x-amzn-errortype']]).toEqual([
        403,
        'MissingAuthenticationTokenException',
      ]);
      const asS3 = await ask(served, 's3', { method: 'GET', path: '/bucket/key', headers: none });
      expect([asS3.statusCode, asS3.text]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
    })());
});

describe('a signature that is not well formed', () => {
  it.each([
    'Basic bWU6bm9uZQ==',
    'AWS4-HMAC-SHA256',
    'AWS4-HMAC-SHA256 Credential=me/20261206/eu-central-1/states/aws4_request',
    'AWS4-HMAC-SHA256 Credential=me, SignedHeaders=host, Signature=00',
    'AWS4-HMAC-SHA256 ,,,===,,,',
  ])('is refused: %s', (authorization) =>
    visiting(async (served) => {
      const { statusCode, text } = await ask(served, 'states', { headers: { ...LIST, authorization }, body: '{}' });
      expect([statusCode, JSON.parse(text).__type]).toEqual([400, 'IncompleteSignatureException']);
    })(),
  );
});

describe('what the account does not know', () => {
  it('a service, an operation, a parameter: each has its error', () =>
    visiting(async (served) => {
      const service = await ask(served, 'dynamodb', { headers: json('DynamoDB_20120810.ListTables'), body: '{}' });
      expect([service.statusCode, JSON.parse(service.text).__type]).toEqual([400, 'UnknownService']);
      const operation = await ask(served, 'states', { headers: json('AWSStepFunctions.CreateActivity'), body: '{}' });
      expect([operation.statusCode, JSON.parse(operation.text).__type]).toEqual([400, 'UnknownOperationException']);
      expect(operation.headers['content-type']).toBe('application/x-amz-json-1.0');
      const parameter = await ask(served, 'states', { headers: LIST, body: '{"maxResult":1}' });
      expect([parameter.statusCode, JSON.parse(parameter.text).__type]).toEqual([400, 'ValidationException']);
      const path = await ask(served, 'lambda', { method: 'DELETE', path: '/2015-03-31/functions/some' });
      expect(path.statusCode).toBe(404);
    })());

  it('a body that is not what the service speaks', () =>
    visiting(async (served) => {
      const broken = await ask(served, 'states', { headers: LIST, body: '{"maxResults"' });
      expect([broken.statusCode, JSON.parse(broken.text).__type]).toEqual([400, 'SerializationException']);
      const plain = { 'content-type': 'text/plain', 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };
      const wrongType = await ask(served, 'states', { headers: plain, body: '{}' });
      expect([wrongType.statusCode, JSON.parse(wrongType.text).__type]).toEqual([400, 'UnknownOperationException']);
      const noForm = await ask(served, 'ec2', { headers: { 'content-type': 'text/plain' }, body: 'hello' });
      expect([noForm.statusCode, noForm.text]).toEqual([400, expect.stringMatching(/<Code>\w+Action<.Code>/)]);
    })());
});

describe('what is too much, or no HTTP at all', () => {
  it('a body beyond the limit is refused, and not kept', () =>
    visiting(async (served) => {
      const body = Buffer.alloc(11 * MEGABYTE, 'a');
      const { statusCode, text } = await ask(served, 'states', { headers: LIST, body });
      expect([statusCode, JSON.parse(text).__type]).toEqual([413, 'RequestEntityTooLarge']);
    })());

  it('garbage, half a request, a header without end: the door closes, and goes on for others', () =>
    visiting(async (served) => {
      const random = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256));
      expect(await write(served, random)).toContain('400 Bad Request');
      expect(await write(served, '\u0016\u0003\u0001\u0002\u0000 hello\r\n\r\n')).toContain('400 Bad Request');
      expect(await write(served, `GET / HTTP/1.1\r\nx: ${'a'.repeat(100_000)}`)).toContain('HTTP/1.1 4');
      const half = connect(served.port, '127.0.0.1', () =>
        half.write('POST / HTTP/1.1\r\ncontent-length: 100\r\n\r\nabc'),
      );
      half.on('error', () => undefined);
      await rest(50);
      half.destroy();
      await rest(50);
      const path = await ask(served, 's3', { method: 'GET', path: '//%zz/%ff' });
      expect(path.statusCode).toBeGreaterThanOrEqual(400);
    })());
});
