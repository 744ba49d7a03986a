import { createAccount } from '../account/account.ts';
import type { Question } from '../account/fleet/behaviour.ts';
import { behaviours } from '../account/fleet/behaviours.ts';
import { mixedFleet } from '../account/fleet/mixed-fleet.ts';
import { installApplication } from '../server/application.ts';
import { awsErrorTables } from './aws-error-tables.ts';
import { MONTH_HEAD, monthRows, RUN_HEAD, runRows } from './cost-tables.ts';
import { parameterTables } from './parameter-tables.ts';
import { permissionHeads, permissionRows } from './permission-tables.ts';
import { reasonTables } from './reason-tables.ts';
import { STEPS_HEAD, stepRows } from './step-tables.ts';

/** Where an operation does less than in AWS, or otherwise. */
const DIFFERS: Record<string, string> = {
  'ec2 DescribeInstances':
    'filters `instance-id`, `instance-state-name`, `tag-key`, `tag:KEY`; a reservation for each instance; no zones but three',
  'ec2 DescribeInstanceAttribute': '`disableApiStop`, `disableApiTermination`',
  'ec2 DescribeInstanceStatus': 'no events',
  'ec2 StartInstances': 'no DryRun',
  'ec2 CreateTags': 'tags instances only',
  'ec2 DeleteTags': 'tags instances only',
  'ssm DescribeSessions': 'all that are open are Connected, all others Terminated',
  'ssm DescribeInstanceAssociationsStatus': 'each run of an association stands by itself',
  'ssm SendCommand':
    'AWS-UpdateSSMAgent only; targets `tag:KEY`, `resource-groups:Name`, and with it `resource-groups:ResourceTypeFilters`',
  'ssm CancelCommand': 'an updater that is at work goes on',
  's3 PutObject': 'no versions, no multipart uploads; CRC32C, CRC64NVME and trailers are not checked',
  's3 GetObject': 'no ranges',
  'states DescribeStateMachine': 'says that logging and tracing are off',
  'lambda Invoke': 'RequestResponse and DryRun',
  'scheduler GetSchedule': 'the schedule of template.yaml',
  'events PutEvents': 'the default bus only, and no rules: what is put there stands in the journal',
  'sns Publish': 'keeps what is published; a key that stands twice in its JSON is no error',
};

const code = (text: string): string => `\`${text}\``;

const behaviourRows = (): string =>
  Object.entries(behaviours)
    .map(([name, { ends, description }]) => `| ${code(name)} | ${ends} | ${description} |`)
    .join('\n');

/** Each question that a behaviour can decide, with those that decide it. */
function contradictionRows(): string {
  const deciding = new Map<Question, string[]>();
  for (const [name, behaviour] of Object.entries(behaviours)) {
    for (const question of 'decides' in behaviour ? behaviour.decides : []) {
      deciding.set(question, [...(deciding.get(question) ?? []), code(name)]);
    }
  }
  return [...deciding]
    .filter(([, names]) => names.length > 1)
    .map(([question, names]) => `| ${question} | ${names.join(', ')} |`)
    .join('\n');
}

function operationRows(): string {
  const fleet = mixedFleet(2, 1);
  const account = createAccount({ fleet, seed: 1, now: () => 0 });
  const application = installApplication(account, fleet, 1);
  application.stop();
  const rows = Object.entries(account.operations()).flatMap(([service, operations]) =>
    Object.entries(operations).map(([name, parameters]) => {
      const known = parameters.length === 0 ? '' : parameters.map(code).join(', ');
      return `| ${service} | ${code(name)} | ${known} | ${DIFFERS[`${service} ${name}`] ?? ''} |`;
    }),
  );
  return rows.join('\n');
}

/** The parts of the docs that the code knows best: by page, and by the head of their table. */
const TABLES: Record<string, Record<string, () => string | Promise<string>>> = {
  'ARCHITECTURE.md': { [STEPS_HEAD]: stepRows },
  'docs/configuration.md': Object.fromEntries([...parameterTables()].map(([head, rows]) => [head, () => rows])),
  'docs/embedded-account.md': {
    '| behaviour | ends as | what it is |\n| --- | --- | --- |\n': behaviourRows,
    '| what is decided | by one of these |\n| --- | --- |\n': contradictionRows,
    '| service | operation | parameters, as named on the wire; any other is refused | differs from AWS |\n| --- | --- | --- | --- |\n':
      operationRows,
  },
  'docs/limits-and-cost.md': { [MONTH_HEAD]: monthRows, [RUN_HEAD]: runRows },
  'docs/permissions.md': Object.fromEntries(
    [...permissionHeads()].map(([owner, head]) => [head, () => permissionRows(owner)]),
  ),
  'docs/aws-errors.md': Object.fromEntries(awsErrorTables('en')),
  'docs/ja/aws-errors.md': Object.fromEntries(awsErrorTables('ja')),
  'docs/ja/reasons.md': Object.fromEntries(reasonTables('ja')),
  'docs/reasons.md': Object.fromEntries(reasonTables('en')),
};

export const pagesWithTables = Object.keys(TABLES);

/** A page with its tables drawn anew. A table that it has not yet comes to its end. */
export async function withTables(path: string, page: string): Promise<string> {
  let text = page;
  for (const [head, rows] of Object.entries(TABLES[path] ?? {})) {
    const [before = '', after = ''] = text.split(head);
    const rest = after.replace(/^[^\n]+(\n(?=\|)[^\n]+)*/, '');
    text = `${before}${head}${await rows()}${rest}`;
  }
  return text;
}
