import { blocksOf } from '../../../local/pages/blocks.ts';
import { judgeBlock, NotHere, type Rules } from '../../../local/pages/judge-commands.ts';
import { installedPrograms } from '../../../local/pages/programs.ts';
import { templateFacts } from '../../../local/pages/template-facts.ts';

const HELP: Record<string, string> = {
  'sam deploy': '--guided  --parameter-overrides  --stack-name',
  'sam local invoke': '--event  --region',
  'node local/commands/reveille.mjs demo': '--fleet FILE  --json',
  'npx reveille demo': '--json',
};

const rules: Rules = {
  programs: {
    help: ([...words]) => HELP[words.join(' ')] ?? null,
    awsObjects: ([, service, operation = '', ...flags]) =>
      flags.includes('--filtersx') ? `usage: aws\n\nUnknown options: --filtersx (${service} ${operation})` : '',
    bashObjects: () => '',
  },
  scripts: { demo: 'node local/commands/reveille.mjs demo', build: 'sam build', lint: 'biome check .' },
  template: templateFacts(),
};

const judge = (commands: string, comment = '', given = rules): string[] =>
  blocksOf('docs/a.md', `${comment}\n\`\`\`console\n${commands}\n\`\`\`\n`).flatMap((block) =>
    judgeBlock(block, given),
  );

describe('a shown command', () => {
  it.each([
    'npm ci && npm run demo',
    'npm cit',
    'npm run --silent demo -- --fleet fleets/healthy.json --json > report.json',
    'npm run build',
    'npx reveille demo --json',
    'sam deploy --guided',
    'sam deploy --stack-name a --parameter-overrides ResourceGroups=dev,prod ScheduleState=DISABLED BatchSize=25',
    'sam local invoke ListInstancesFunction --event events/list-instances.json',
    'aws ec2 describe-instances --filters Name=tag-key,Values=a',
    'export A=1\n.ci/run',
  ])('is good: %s', (commands) => {
    expect(judge(commands)).toEqual([]);
  });

  it.each([
    ['npm run demo -- --fleeet a.json', 'node local/commands/reveille.mjs demo has no flag --fleeet'],
    ['npx reveille demo --jsn', 'npx reveille demo has no flag --jsn'],
    ['npm run demo --json', 'npm itself takes "--json": flags of a script come after --'],
    ['npm run dmo', 'package.json has no script "dmo"'],
    ['npm run lint -- --fix', 'npm run lint takes no flags that could be checked'],
    ['npm exec demo', 'npm exec demo is not known here'],
    ['sam deploy --guidet', 'sam deploy has no flag --guidet'],
    ['sam deploy --parameter-overrides Groups=dev', 'template.yaml has no parameter Groups'],
    ['sam deploy --parameter-overrides ScheduleState=OFF', 'template.yaml does not take "OFF" for ScheduleState'],
    ['sam deploy --parameter-overrides BatchSize=5', 'template.yaml does not take "5" for BatchSize'],
    ['sam local invoke ListFunction --event a.json', 'template.yaml has no function ListFunction'],
    ['aws ec2 describe-instances --filtersx a', 'Unknown options: --filtersx'],
    ['curl example.com', 'curl is no program that is known here'],
  ])('is told: %s', (commands, problem) => {
    expect(judge(commands)).toEqual([expect.stringMatching(/^docs\/a\.md:3: /)]);
    expect(judge(commands)[0]).toContain(problem);
  });

  it('is told when its comment replaces what does not stand there any more', () => {
    expect(judge('npm run demo', '<!-- in CI: --seeds 2 instead of --seeds 9 -->')).toEqual([
      'docs/a.md:3: "--seeds 9" is to be replaced in CI, and does not stand there',
    ]);
  });

  it('can not be judged without its program', () => {
    const help = () => null;
    const without = { ...rules, programs: { ...rules.programs, help } };
    expect(() => judge('sam deploy --guided', '', without)).toThrow(NotHere);
  });

  it('is held to the real help of the real command, and to bash', () => {
    const real = { ...rules, programs: installedPrograms() };
    expect(judge('npm run demo -- --json', '', real)).toEqual([]);
    expect(judge('npm run demo -- --jsom', '', real)).toEqual([expect.stringContaining('has no flag --jsom')]);
    expect(judge('until grep a\ndone', '', real)).toEqual([expect.stringContaining('bash does not take it')]);
  });
});
