import { readFileSync } from 'node:fs';
import { samLocalVariables } from '../../../local/bundles/sam-variables.ts';
import { readTemplate } from '../../../local/deployment/template.ts';

const file = readFileSync(new URL('../../../events/env.json', import.meta.url), 'utf8');
const { NODE_OPTIONS = '', ...variables } = (JSON.parse(file) as { Parameters: Record<string, string> }).Parameters;

describe('events/env.json', () => {
  it('is what the code makes of the account and the template', () => {
    expect(file).toBe(samLocalVariables());
  });

  it('names only variables that the template declares: SAM CLI drops any other', () => {
    const { Globals, Resources } = readTemplate();
    const declared = Object.values(Resources).flatMap(({ Properties }) =>
      Object.keys((Properties['Environment'] as { Variables?: object } | undefined)?.Variables ?? {}),
    );
    const known = [...declared, ...Object.keys(Globals.Function.Environment.Variables)];
    expect(known).toEqual(expect.arrayContaining([...Object.keys(variables), 'NODE_OPTIONS']));
  });

  it('imports a module that needs no file, in one word', () => {
    const [, url = ''] = NODE_OPTIONS.split(' --import ');
    expect(url).toMatch(/^data:text\/javascript,[^\s"\\]+$/);
    expect(decodeURIComponent(url)).toContain('host.docker.internal');
  });
});
