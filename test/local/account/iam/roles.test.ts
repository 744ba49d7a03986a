import { createAccount } from '../../../../local/account/account.ts';
import type { Permission, Policy } from '../../../../local/account/iam/policy.ts';
import { deploy, referencesOf } from '../../../../local/deployment/deploy.ts';
import { parametersFor } from '../../../../local/deployment/fleet-parameters.ts';
import { rolesOf } from '../../../../local/deployment/roles.ts';
import { readTemplate, type Template } from '../../../../local/deployment/template.ts';
import { aFleet } from '../../../support/account.ts';

const account = createAccount({ fleet: aFleet(), seed: 1, now: () => 0 });
const roles = (changes: Record<string, string> = {}, template = readTemplate()) =>
  rolesOf(template, referencesOf(account, template, { ...parametersFor(aFleet()), ...changes }));
const permissions = (policy: Policy | undefined, sid: string): Permission[] =>
  (policy?.permissions ?? []).filter((permission) => permission.sid === sid);

/** The template with other policies in one function. */
function withPolicies(...statements: object[]): Template {
  const template = readTemplate();
  const { Properties } = template.Resources['ReportRunFunction'] as Template['Resources'][string];
  Properties['Policies'] = [{ Version: '2012-10-17', Statement: statements }];
  return template;
}
const aStatement = (Resource: unknown) => ({ Sid: 'Odd', Effect: 'Allow', Action: 's3:GetObject', Resource });

describe('the roles of template.yaml', () => {
  it('are those of its functions and of its state machine, each with a policy', () => {
    const { Resources } = readTemplate();
    const withRole = Object.entries(Resources).filter(([, { Type }]) => /::(Function|StateMachine)$/.test(Type));
    expect([...roles().keys()].sort()).toEqual(withRole.map(([id]) => id).sort());
    for (const policy of roles().values()) expect(policy.permissions.length).toBeGreaterThan(0);
  });

  it('name the resources of this deployment', () => {
    const report = roles().get('ReportRunFunction');
    expect(permissions(report, 'TellPeople')).toEqual([
      { sid: 'TellPeople', action: 'sns:Publish', resource: account.topicArn },
    ]);
    expect(permissions(report, 'ReadManifestAndResults').map(({ resource }) => resource)).toEqual([
      'arn:aws:s3:::reveille-123456789012-eu-central-1/runs/*/manifest.json',
      'arn:aws:s3:::reveille-123456789012-eu-central-1/runs/*/results/*',
    ]);
    expect(
      permissions(roles().get('UpdateAgentsStateMachine'), 'StartBatches').map(({ resource }) => resource),
    ).toEqual(['arn:aws:states:eu-central-1:123456789012:stateMachine:reveille-update-agents']);
  });

  it('have what hangs on a condition only if it holds', () => {
    const keys = ['a', 'b'].map((id) => `arn:aws:kms:eu-central-1:123456789012:key/${id}`);
    const grants = (changes: Record<string, string>) =>
      permissions(roles(changes).get('StartInstancesFunction'), 'LetEc2DecryptVolumes').map(({ resource }) => resource);
    expect(grants({})).toEqual([]);
    expect(grants({ KmsKeyArns: keys.join(',') })).toEqual(keys);
  });

  it('let the key of an existing topic be used for its messages, and for nothing else', () => {
    const topic = 'arn:aws:sns:eu-central-1:123456789012:alerts';
    const uses = (changes: Record<string, string>, topicOfMessage: string) =>
      ['ReportRunFunction', 'ReconcileLeasesFunction'].map((id) => {
        const context = (key: string) =>
          key === 'kms:EncryptionContext:aws:sns:topicArn' ? [topicOfMessage] : undefined;
        return roles(changes).get(id)?.evaluate({ action: 'kms:GenerateDataKey', resource: null, context }).isAllowed;
      });
    expect(uses({ NotificationTopicArn: topic }, topic)).toEqual([true, true]);
    expect(uses({ NotificationTopicArn: topic }, `${topic}-2`)).toEqual([false, false]);
    expect(uses({}, topic)).toEqual([false, false]);
  });

  it('are compiled once for deployments whose policies are alike', () => {
    const template = readTemplate();
    expect(roles({ OptOutTag: 'another' }, template)).toBe(roles({}, template));
    const keys = { KmsKeyArns: 'arn:aws:kms:eu-central-1:123456789012:key/a' };
    expect(roles(keys, template)).not.toBe(roles({}, template));
    expect(roles(keys, template)).toBe(roles({ ...keys, BatchSize: '30' }, template));
  });

  it.each([
    ['an unknown function', { 'Fn::ImportValue': 'x' }, 'ReportRunFunction: Fn::ImportValue is not known'],
    ['an unknown reference', { Ref: 'Nowhere' }, 'ReportRunFunction: Nowhere is not known'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Bucket', 'DomainName'] }, 'Bucket.DomainName is not known'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub is written
    ['an unknown name in a text', { 'Fn::Sub': 'arn:aws:s3:::${Nowhere}' }, 'Nowhere is not known'],
    ['a substitution with a map of its own', { 'Fn::Sub': ['a', {}] }, 'Fn::Sub takes only a text'],
    ['an unknown condition', { 'Fn::If': ['IsSunday', 'a', 'b'] }, 'the condition IsSunday is not known'],
    ['a function with something beside it', { Ref: 'Bucket', More: 1 }, 'Ref has something beside it'],
  ])('are refused for %s', (_, resource, message) => {
    expect(() => roles({}, withPolicies(aStatement(resource)))).toThrow(message);
  });

  it('are refused where a function has a role that is made elsewhere', () => {
    const template = readTemplate();
    const { Properties } = template.Resources['ReportRunFunction'] as Template['Resources'][string];
    Properties['Role'] = 'arn:aws:iam::123456789012:role/other';
    expect(() => roles({}, template)).toThrow('ReportRunFunction.Role: only Policies can be judged here');
  });
});

describe('a deployment', () => {
  const deployWith = (change: (statements: { Sid: string; Resource: unknown }[]) => void) => () => {
    const template = readTemplate();
    const { Properties } = template.Resources['UpdateAgentsStateMachine'] as Template['Resources'][string];
    change((Properties['Policies'] as { Statement: [] }[])[0]?.Statement ?? []);
    return deploy({ account, seed: 1, parameters: parametersFor(aFleet()), template });
  };

  it.each([
    ['InvokeSteps', 'lambda:InvokeFunction on arn:aws:lambda:eu-central-1:123456789012:function:ListInstancesFunction'],
    ['StartBatches', 'states:StartExecution on arn:aws:states:eu-central-1:123456789012:stateMachine:reveille-update-'],
  ])('fails if the state machine has no %s', (sid, denied) => {
    const without = deployWith((statements) => {
      const found = statements.findIndex(({ Sid }) => Sid === sid);
      statements.splice(found, 1);
    });
    expect(without).toThrow(`UpdateAgentsStateMachine may not ${denied}`);
  });

  it('fails if a single function of the definition is missing in the role', () => {
    const without = deployWith((statements) => {
      const { Resource } = statements.find(({ Sid }) => Sid === 'InvokeSteps') ?? { Resource: [] };
      (Resource as unknown[]).splice(3, 1);
    });
    expect(without).toThrow(/may not lambda:InvokeFunction/);
  });

  it('succeeds with template.yaml as it is', () => {
    expect(deployWith(() => undefined)).not.toThrow();
  });
});
