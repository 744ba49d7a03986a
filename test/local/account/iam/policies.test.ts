import { type Policy, parsePolicy } from '../../../../local/account/iam/policy.ts';

const INSTANCE = 'arn:aws:ec2:eu-central-1:123456789012:instance/i-1';

const aStatement = (changes: Record<string, unknown> = {}) => ({
  Sid: 'One',
  Effect: 'Allow',
  Action: 'ec2:StopInstances',
  Resource: '*',
  ...changes,
});
const aPolicy = (...statements: object[]): Policy =>
  parsePolicy([{ Version: '2012-10-17', Statement: statements }], 'TestFunction');

/** Whether a request is allowed; its condition keys as a mapping. */
const allows = (
  policy: Policy,
  {
    action = 'ec2:StopInstances',
    resource = INSTANCE,
    keys = {},
  }: { action?: string; resource?: string | null; keys?: Record<string, string[]> } = {},
): boolean => policy.evaluate({ action, resource, context: (key) => keys[key] }).isAllowed;

const under = (Condition: object) => aPolicy(aStatement({ Condition }));

describe('a policy', () => {
  it('denies what no statement speaks of', () => {
    expect(allows(aPolicy())).toBe(false);
    expect(allows(aPolicy(aStatement()), { action: 'ec2:StartInstances' })).toBe(false);
  });

  it('tells which statement allowed, by its Sid, action and resource as they are written', () => {
    const policy = aPolicy(aStatement({ Sid: 'Stop', Action: ['ec2:Start*', 'ec2:Stop*'] }));
    const decision = policy.evaluate({ action: 'ec2:StopInstances', resource: INSTANCE, context: () => undefined });
    expect(decision).toEqual({
      isAllowed: true,
      permission: { sid: 'Stop', action: 'ec2:Stop*', resource: '*' },
    });
  });

  it('lets a Deny win, wherever it stands, and says that it was explicit', () => {
    const deny = aStatement({ Sid: 'Two', Effect: 'Deny' });
    for (const policy of [aPolicy(aStatement(), deny), aPolicy(deny, aStatement())]) {
      const decision = policy.evaluate({ action: 'ec2:StopInstances', resource: INSTANCE, context: () => undefined });
      expect(decision).toEqual({ isAllowed: false, isExplicit: true });
    }
  });

  it('lets a Deny pass whose own condition does not hold', () => {
    const deny = aStatement({
      Sid: 'Two',
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(allows(aPolicy(aStatement(), deny), { keys: { 'aws:SecureTransport': ['true'] } })).toBe(true);
    expect(allows(aPolicy(aStatement(), deny), { keys: { 'aws:SecureTransport': ['false'] } })).toBe(false);
  });

  it('judges each statement by itself: one has the action, the other the resource, and none has both', () => {
    const policy = aPolicy(
      aStatement({ Resource: `${INSTANCE}9` }),
      aStatement({ Sid: 'Two', Action: 'ec2:StartInstances' }),
    );
    expect(allows(policy)).toBe(false);
  });
});

describe('an action', () => {
  it('may have wildcards, and any case', () => {
    const policy = aPolicy(aStatement({ Action: ['ec2:Stop*', 'ec2:start?nstances'] }));
    expect(allows(policy)).toBe(true);
    expect(allows(policy, { action: 'ec2:StartInstances' })).toBe(true);
    expect(allows(policy, { action: 'ec2:RebootInstances' })).toBe(false);
  });

  it('does not begin in the middle of another', () => {
    expect(allows(aPolicy(aStatement({ Action: 'ec2:Stop' })))).toBe(false);
  });
});

describe('a resource', () => {
  const on = (Resource: unknown) => aPolicy(aStatement({ Resource }));

  it('may have wildcards in its parts', () => {
    expect(allows(on('arn:aws:ec2:*:123456789012:instance/*'))).toBe(true);
    expect(allows(on(['arn:aws:ec2:eu-central-1:123456789012:instance/i-?']))).toBe(true);
    expect(allows(on('arn:aws:ec2:eu-west-1:123456789012:instance/*'))).toBe(false);
  });

  it('has wildcards that do not reach beyond a colon, except in its last part', () => {
    expect(allows(on('arn:aws:ec2:*:instance/i-1:*:*'))).toBe(false);
    expect(allows(on('arn:aws:states:*:*:execution:m/*'), { resource: 'arn:aws:states:r:1:execution:m/Map:id' })).toBe(
      true,
    );
  });

  it('takes the signs of a regular expression as they are', () => {
    const resource = 'arn:aws:s3:::bucket/runs/a.b+c.json';
    expect(allows(on('arn:aws:s3:::bucket/runs/a.b+c.json'), { resource })).toBe(true);
    expect(allows(on('arn:aws:s3:::bucket/runs/a.b+c.json'), { resource: 'arn:aws:s3:::bucket/runs/aXbbc.json' })).toBe(
      false,
    );
  });

  it('must be "*" for an action that knows no resources', () => {
    const request = { action: 'ec2:StopInstances', resource: null };
    expect(allows(on('*'), request)).toBe(true);
    expect(allows(on('arn:aws:ec2:*:*:*'), request)).toBe(false);
  });
});

describe('a condition', () => {
  const leased = under({ Null: { 'aws:ResourceTag/reveille:lease': 'false' } });

  it('Null asks whether a key is there at all', () => {
    expect(allows(leased, { keys: { 'aws:ResourceTag/reveille:lease': ['x'] } })).toBe(true);
    expect(allows(leased)).toBe(false);
    const unleased = under({ Null: { 'aws:ResourceTag/reveille:lease': 'true' } });
    expect(allows(unleased)).toBe(true);
    expect(allows(unleased, { keys: { 'aws:ResourceTag/reveille:lease': ['x'] } })).toBe(false);
  });

  it.each<[string, object, string, [right: string, wrong: string]]>([
    ['StringEquals', { StringEquals: { 's3:prefix': 'runs/' } }, 's3:prefix', ['runs/', 'Runs/']],
    ['StringLike', { StringLike: { 's3:prefix': ['other', 'runs/*'] } }, 's3:prefix', ['runs/1/', 'no/runs/']],
    [
      'ArnLike',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:1:*' } },
      'aws:SourceArn',
      ['arn:aws:sns:r:1:t', 'arn:aws:sns:r:2:t'],
    ],
    ['Bool', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }, 'kms:GrantIsForAWSResource', ['true', 'false']],
  ])('%s holds for its value, not for another one, and not without the key', (_, condition, key, [right, wrong]) => {
    const policy = under(condition);
    expect(allows(policy, { keys: { [key]: [right] } })).toBe(true);
    expect(allows(policy, { keys: { [key]: [wrong] } })).toBe(false);
    expect(allows(policy)).toBe(false);
  });

  it('ForAllValues wants all of the values, and is true of none', () => {
    const policy = under({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['reveille:lease', 'reveille:run'] } });
    expect(allows(policy, { keys: { 'aws:TagKeys': ['reveille:lease'] } })).toBe(true);
    expect(allows(policy, { keys: { 'aws:TagKeys': ['reveille:lease', 'Name'] } })).toBe(false);
    expect(allows(policy)).toBe(true);
  });

  it('of several operators and keys wants each', () => {
    const policy = under({
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['reveille:lease'] },
      Null: { 'aws:TagKeys': 'false', 'aws:ResourceTag/Name': 'false' },
    });
    const keys = { 'aws:TagKeys': ['reveille:lease'], 'aws:ResourceTag/Name': ['web'] };
    expect(allows(policy, { keys })).toBe(true);
    for (const missing of Object.keys(keys)) {
      const rest = Object.fromEntries(Object.entries(keys).filter(([key]) => key !== missing));
      expect(allows(policy, { keys: rest })).toBe(false);
    }
  });
});

describe('a policy that is not known here is refused, and the error says where', () => {
  it.each([
    ['NotAction', { NotAction: 'ec2:*' }, 'One: NotAction is unknown'],
    ['NotResource', { NotResource: '*' }, 'One: NotResource is unknown'],
    ['a Principal, which a role has not', { Principal: '*' }, 'One: Principal is unknown'],
    ['no Sid', { Sid: undefined }, 'TestFunction.Policies[0].Statement[0]: a statement needs a Sid'],
    ['another Effect', { Effect: 'allow' }, 'One: Effect'],
    ['no Action', { Action: [] }, 'One.Action is empty'],
    ['an Action of all services', { Action: '*' }, 'One.Action: "*"'],
    ['a Resource that is no ARN', { Resource: 'bucket/*' }, 'One.Resource: "bucket/*"'],
    ['a Resource that is cut off', { Resource: 'arn:aws:s3' }, 'One.Resource: "arn:aws:s3"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a policy variable is written
    ['a policy variable', { Resource: 'arn:aws:s3:::b/${aws:username}' }, 'has a policy variable'],
    ['a Resource that is not resolved', { Resource: { Ref: 'Bucket' } }, 'is not a text'],
    ['an unknown operator', { Condition: { NumericEquals: { 's3:prefix': '1' } } }, 'NumericEquals is unknown'],
    [
      'an operator with IfExists',
      { Condition: { StringLikeIfExists: { 's3:prefix': 'a' } } },
      'StringLikeIfExists is unknown',
    ],
    ['a name that every object has', { Condition: { constructor: { 's3:prefix': 'a' } } }, 'constructor is unknown'],
    ['an unknown key', { Condition: { StringEquals: { 'ec2:InstanceType': 't3' } } }, 'ec2:InstanceType is unknown'],
    ['a key in another case', { Condition: { StringEquals: { 'S3:Prefix': 'a' } } }, 'S3:Prefix is unknown'],
    [
      'ForAllValues of a key with one value',
      { Condition: { 'ForAllValues:StringEquals': { 's3:prefix': 'a' } } },
      'ForAllValues:StringEquals is not for s3:prefix',
    ],
    [
      'StringEquals of a key with many values',
      { Condition: { StringEquals: { 'aws:TagKeys': 'a' } } },
      'StringEquals is not for aws:TagKeys',
    ],
    ['a Bool that is none', { Condition: { Bool: { 'aws:SecureTransport': 'no' } } }, 'Bool does not take "no"'],
    ['a Null that is no text', { Condition: { Null: { 'aws:TagKeys': false } } }, 'false is not a text'],
    ['a Condition that is a list', { Condition: [] }, 'One.Condition is not a mapping'],
  ])('%s', (_, changes, message) => {
    expect(() => aPolicy(aStatement(changes))).toThrow(expect.objectContaining({ name: 'PolicyError' }));
    expect(() => aPolicy(aStatement(changes))).toThrow(message);
  });

  it.each([
    ['an older Version', { Version: '2008-10-17', Statement: [] }, 'Version is not 2012-10-17'],
    ['an Id', { Version: '2012-10-17', Id: 'x', Statement: [] }, 'Id is unknown'],
    ["the name of one of AWS's own policies", 'AmazonS3FullAccess', 'TestFunction.Policies[0] is not a mapping'],
  ])('a document with %s', (_, document, message) => {
    expect(() => parsePolicy([document], 'TestFunction')).toThrow(message);
  });

  it('two statements with one Sid', () => {
    expect(() => aPolicy(aStatement(), aStatement())).toThrow('TestFunction: the Sid One stands there twice');
  });
});
