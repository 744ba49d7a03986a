import { readdirSync, readFileSync } from 'node:fs';
import { awsErrors, errorKindOf, errorNameOf } from '../../../../functions/domain/model/aws-errors.ts';
import { errorCatalogue, unknownErrorWords, wordsOfError } from '../../../../functions/domain/words/aws-error-words.ts';

const ACCOUNT = new URL('../../../../local/account/', import.meta.url);

/** Its services that Reveille calls: the others are people's, or Step Functions' own. */
const OF_OTHERS = /lambda|scheduler|state-machines|people|account\.ts$/;

/** A yes; and what is answered to calls of executions that only people make. */
const NO_REFUSALS = new Set([
  'DryRunOperation',
  'ExecutionAlreadyExists',
  'ExecutionNotRedrivable',
  'InvalidExecutionInput',
  'InvalidName',
  'InvalidToken',
  'ResourceNotFound',
  'StateMachineDoesNotExist',
]);

const sources = readdirSync(ACCOUNT, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !OF_OTHERS.test(path))
  .map((path) => readFileSync(new URL(path, ACCOUNT), 'utf8'));

/** All codes with which the embedded account can answer a call of Reveille, and the reasons that it gives for a start that fell back. */
const answered = new Set(
  sources.flatMap((text) =>
    [
      ...text.matchAll(/new ServiceError\(\s*'([A-Za-z.]+)'/g),
      ...text.matchAll(/\bcode: '([A-Z][A-Za-z.]+)'/g),
      ...text.matchAll(/because\('([A-Za-z.]+)'/g),
      ...text.matchAll(/\['([A-Za-z]+)', [^\]]*, 50[03]\]/g),
    ].flatMap(([, code = '']) => (NO_REFUSALS.has(code) || /UserInitiated|SpotInstance/.test(code) ? [] : [code])),
  ),
);

describe('the table of the error codes of AWS', () => {
  it('has each code with which the embedded account can answer', () => {
    expect(answered.size).toBeGreaterThan(30);
    expect([...answered].filter((code) => errorNameOf({ call: 'DescribeInstances', code }) === null)).toEqual([
      // It means something else from each call that can meet it.
    ]);
  });

  it('has each code once', () => {
    const codes = Object.values(awsErrors).flatMap((row) => [...row.codes]);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('has words of each in both languages, and in none of them the same', () => {
    for (const { en, ja } of [...Object.values(errorCatalogue), unknownErrorWords]) {
      expect([en, ja].every(({ meaning, whatToDo }) => meaning !== '' && whatToDo !== '')).toBe(true);
      expect(en.meaning).toMatch(/^[\x20-\x7e]+\.$/);
      expect(ja.meaning).toMatch(/。$/);
      expect(ja.whatToDo).toMatch(/。$/);
    }
  });

  it('tells the same code of two calls apart', () => {
    const of = (call: string) => wordsOfError({ call, code: 'UnsupportedOperation' }, 'en').meaning;
    expect(of('StopInstances')).toContain("can't stop it");
    expect(of('StartInstances')).toContain('does not start it');
  });

  it('knows the code of a refusal in a StateReason, and leaves one of its own to it', () => {
    expect(errorKindOf({ call: 'StartInstances', code: 'Server.InsufficientInstanceCapacity' })).toBe('capacity');
    expect(errorNameOf({ call: 'StartInstances', code: 'Client.InternalError' })).toBe('launch-key');
  });

  it('has a safe row for all others', () => {
    const error = { call: 'StartInstances', code: 'SomethingNew' };
    expect(errorKindOf(error)).toBeNull();
    expect(wordsOfError(error, 'ja')).toEqual({ title: 'StartInstances: SomethingNew', ...unknownErrorWords.ja });
  });
});
