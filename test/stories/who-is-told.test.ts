import { type Account, createAccount } from '../../local/account/account.ts';
import { BadInput } from '../../local/base/bad-input.ts';
import { referencesOf } from '../../local/deployment/deploy.ts';
import { parametersFor } from '../../local/deployment/fleet-parameters.ts';
import { createResolver } from '../../local/deployment/intrinsics.ts';
import { readTemplate } from '../../local/deployment/template.ts';
import { simulate } from '../../local/run/simulated-run.ts';
import { aFleet, tell } from '../support/stories.ts';

const fleet = aFleet({ dev: { web: {} } });

/** A topic that another team has made. */
const ALERTS = 'arn:aws:sns:eu-central-1:123456789012:alerts';
const withAlerts = (account: Account) => void account.topics.add(ALERTS);
const toAlerts = { NotificationEmail: '', NotificationTopicArn: ALERTS };

describe('who is told', () => {
  it('is said by each deployment: one that says nothing is refused, and told what to give', async () => {
    const accounts: Account[] = [];
    const deploying = simulate({
      fleet,
      seed: 1,
      parameters: { NotificationEmail: '' },
      prepare: (account) => void accounts.push(account),
    });

    await expect(deploying).rejects.toThrow(BadInput);
    await expect(deploying).rejects.toThrow(
      'rule SomeoneIsTold: Someone has to be told when a run fails. Give NotificationEmail (an address), or ' +
        'NotificationTopicArn (an SNS topic with subscribers), or SubscribedElsewhere=true if someone else subscribes',
    );
    const [account] = accounts;
    expect(account?.access.allowed()).toEqual([]);
    expect(account?.journal.entries).toEqual([]);
  });

  it.each([
    ['an address', { NotificationEmail: 'operators@example.com' }],
    ['someone who subscribes by other means', { NotificationEmail: '', SubscribedElsewhere: 'true' }],
  ])("with %s, the report goes to the stack's own topic", async (_, parameters) => {
    const { account, broken } = await tell(fleet, { parameters });

    expect(broken).toEqual([]);
    expect(account.messages.map(({ topicArn }) => topicArn)).toEqual([account.topicArn]);
  });

  it('with an existing topic, the report goes there, and the roles may publish nowhere else', async () => {
    const { account, broken } = await tell(fleet, { parameters: toAlerts, prepare: withAlerts });

    expect(broken).toEqual([]);
    expect(account.messages.map(({ topicArn }) => topicArn)).toEqual([ALERTS]);
    const publishing = account.access.allowed().filter(({ action }) => action === 'sns:Publish');
    expect(publishing.map(({ principal, resource }) => [principal, resource])).toEqual([
      ['ReportRunFunction', ALERTS],
      ['ReconcileLeasesFunction', ALERTS],
    ]);
  });

  it('with an existing topic, the stack makes none, and all alarms go to the existing one', () => {
    const account = createAccount({ fleet, seed: 1, now: () => 0 });
    const template = readTemplate();
    const references = referencesOf(account, template, { ...parametersFor(fleet), ...toAlerts });
    const { resolve, isTrue } = createResolver(template, references);

    const made = Object.entries(template.Resources).filter(
      ([id, { Condition }]) => Condition === undefined || isTrue(Condition, id),
    );
    expect(made.filter(([, { Type }]) => Type.startsWith('AWS::SNS::'))).toEqual([]);
    const alarms = made.filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(5);
    for (const [id, { Properties }] of alarms) expect(resolve(Properties['AlarmActions'], id)).toEqual([ALERTS]);
  });
});
