import type { Account } from '../account/account.ts';
import { type RoleStatement, statementsOf } from '../deployment/roles.ts';
import { readTemplate, resolveParameters } from '../deployment/template.ts';
import { PURPOSES, type Purpose } from './permission-purposes.ts';
import { type PlayedNights, playedNights } from './played-nights.ts';

/** The heads of the tables, by the logical ID of the role's owner. A role without a statement of ours has none. */
export function permissionHeads(): Map<string, string> {
  const owners = [...rolesInWords()].flatMap(([owner, statements]) => (statements.length === 0 ? [] : [owner]));
  return new Map(
    owners.map((owner) => [owner, `| ${owner} | on | for what | called in |\n| --- | --- | --- | --- |\n`]),
  );
}

/**
 * One role: the actions of each statement with their resources, their purpose, and in which of two nights they were needed.
 * @throws if a statement has no purpose, or its condition no words
 */
export async function permissionRows(owner: string): Promise<string> {
  const nights = await playedNights();
  const rows = (rolesInWords().get(owner) ?? []).flatMap((statement) => {
    const { what, onlyIf, byAws } = purposeOf(owner, statement);
    const why = onlyIf === undefined ? what : `${what}; **only if** ${onlyIf}`;
    const callers = (action: string) => (byAws ? 'by AWS' : nightsThatNeed(nights, owner, statement.Sid, action));
    return [...Map.groupBy([statement.Action].flat(), callers)].map(
      ([called, actions]) =>
        `| ${listed(actions)} | ${listed([statement.Resource].flat().map(shortArn))} | ${why} | ${called} |`,
    );
  });
  return rows.join('\n');
}

function nightsThatNeed({ badNight, deadRun }: PlayedNights, owner: string, sid: string, action: string): string {
  const isNeeded = (account: Account) =>
    account.access.used().some((used) => used.principal === owner && used.sid === sid && used.action === action);
  return (
    [isNeeded(badNight) ? ['bad night'] : [], isNeeded(deadRun) ? ['dead run'] : []].flat().join(', ') || 'rarer nights'
  );
}

const listed = (texts: string[]): string => texts.map((text) => (text === '*' ? '\\*' : `\`${text}\``)).join('<br>');

/** Without what all ARNs of the account begin with. */
const shortArn = (arn: string): string => arn.replace(/^arn:([^:]*:){4}/, '');

/** What the names stand for that only a deployment knows. */
const STAND_INS = {
  Bucket: 'BUCKET',
  NotificationTopicArn: 'TOPIC',
  Topic: 'TOPIC',
  KmsKeyArns: 'KmsKeyArns',
  'AWS::Partition': 'aws',
  'AWS::Region': 'REGION',
  'AWS::AccountId': 'ACCOUNT',
  'AWS::StackName': 'STACK',
};

function rolesInWords(): Map<string, RoleStatement[]> {
  const template = readTemplate();
  return statementsOf(template, resolveParameters(template, STAND_INS));
}

function purposeOf(owner: string, { Sid, Condition }: RoleStatement): Purpose {
  const purpose = PURPOSES[Sid];
  const where = `local/generate/permission-purposes.ts: ${Sid} (${owner})`;
  if (purpose === undefined) throw new Error(`${where} has no purpose`);
  const hasWords = purpose.onlyIf !== undefined;
  if (hasWords !== (Condition !== undefined)) {
    throw new Error(
      `${where}: ${hasWords ? 'onlyIf stands there, and there is no condition' : 'its condition has no words'}`,
    );
  }
  return purpose;
}
