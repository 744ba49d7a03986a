import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const root = new URL('../../', `file://${__filename}`);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

interface Workflow {
  permissions: object;
  concurrency: object;
  jobs: Record<string, { 'timeout-minutes': number; steps: { uses?: string; run?: string; with?: object }[] }>;
}

interface IssueForm {
  name: string;
  description: string;
  body: { type: string; id?: string; attributes: { label?: string; value?: string } }[];
}

describe('.github/workflows/ci.yml', () => {
  const { permissions, concurrency, jobs } = parse(read('.github/workflows/ci.yml')) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('runs what a change has to pass on any machine', () => {
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run']);
    expect(() => accessSync(new URL('.ci/run', root), constants.X_OK)).not.toThrow();
  });

  it('may only read, ends by itself, and gives way to a newer push', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.values(jobs).map((job) => job['timeout-minutes'])).toEqual([30]);
    expect(concurrency).toMatchObject({ 'cancel-in-progress': true });
  });

  it('takes each action at a major version', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions).toHaveLength(3);
    expect(actions.filter((action) => !/^actions\/[\w-]+@v\d+$/.test(action))).toEqual([]);
  });

  it('runs npm on the oldest node that package.json allows', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const node = steps.find(({ uses }) => uses?.startsWith('actions/setup-node@'));
    expect(node?.with).toMatchObject({ 'node-version': Number(engines.node.replace('>=', '')) });
  });
});

describe.each(readdirSync(new URL('.github/ISSUE_TEMPLATE/', root)))('the issue form %s', (file) => {
  const { name, description, body } = parse(read(`.github/ISSUE_TEMPLATE/${file}`)) as IssueForm;
  const questions = body.filter(({ type }) => type !== 'markdown');

  it('is one that GitHub shows: it would drop a broken one without a word', () => {
    expect([typeof name, typeof description]).toEqual(['string', 'string']);
    expect(questions.length).toBeGreaterThan(0);
    expect(questions.filter(({ type }) => !['input', 'textarea', 'dropdown', 'checkboxes'].includes(type))).toEqual([]);
    expect(questions.filter(({ id, attributes }) => !id || !attributes.label)).toEqual([]);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  });
});
