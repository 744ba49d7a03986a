import { failures, handovers, remarks } from '../../../../../../functions/domain/model/reason-codes.ts';
import { lookCommand } from '../../../../../../functions/domain/report/page/facts/look-commands.ts';
import { toNight } from '../../../../../../functions/domain/report/page/facts/night.ts';
import type { PageInstance } from '../../../../../../functions/domain/report/page/facts/page-report.ts';
import { stamp } from '../../../../../support/builders.ts';
import { HOSTILE_TEXTS } from '../../../../../support/page/hostile-report.ts';
import { aPageReport, failedFor } from '../../../../../support/page/page-reports.ts';

const COMMAND_ID = '62c7ef12-000a-46eb-afa8-e623098b0e44';
const commands = [{ commandId: COMMAND_ID, sentAt: stamp('02:01'), endedAt: null, status: null }];
const look = (code: string, changes: Partial<PageInstance> = {}, region = 'eu-central-1') => {
  const [instance] = toNight(aPageReport([failedFor(code, { commands, ...changes })])).instances;
  return instance ? lookCommand(code, instance, region) : null;
};
const codes = [...failures, ...Object.keys(handovers), ...Object.keys(remarks)];

describe('a command to look at an instance', () => {
  it('reads, and does nothing else, and names its region', () => {
    const all = codes.flatMap((code) => look(code) ?? []);
    expect(all.length).toBeGreaterThan(15);
    expect(
      all.filter(
        (line) => !/^aws (ec2|ssm|service-quotas) (describe|get|list)-[a-z-]+ --region eu-central-1 /.test(line),
      ),
    ).toEqual([]);
  });

  it('names the instance and the command', () => {
    expect(look('update-hung')).toBe(
      `aws ssm get-command-invocation --region eu-central-1 --instance-id i-0123456789abcdef0 --command-id ${COMMAND_ID}`,
    );
  });

  it('is not there where the report knows no command, or the code has none', () => {
    expect(look('update-hung', { commands: [] })).toBeNull();
    expect(look('no-capacity')).toBeNull();
    expect(look('constructor')).toBeNull();
  });

  it.each(HOSTILE_TEXTS)('takes no other text into a line for a shell: %j', (text) => {
    expect(look('agent-lost', { instanceId: text })).toBeNull();
    expect(look('agent-lost', {}, text)).toBeNull();
    expect(
      look('update-hung', { commands: [{ commandId: text, sentAt: stamp('02:01'), endedAt: null, status: null }] }),
    ).toBeNull();
    expect(look('never-registered', { name: text, said: text })).not.toContain(text);
  });
});
