import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { definitionPath, functionFactories } from '../../local/deployment/deploy.ts';
import { readTemplate } from '../../local/deployment/template.ts';
import { readDefinition, type State, taskNames } from '../../local/engine/definition.ts';

/** One rule of names: state `CheckReadiness` = functions/check-readiness = CheckReadinessFunction = createCheckReadiness. */
const definition = readDefinition(definitionPath, {});
const child = (definition.States['UpdateBatches'] as State & { ItemProcessor: typeof definition }).ItemProcessor;
const tasks = [...taskNames(definition), ...taskNames(child)].sort();
const template = readTemplate();
const kebab = (name: string) => name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const root = new URL('../../', `file://${__filename}`);

describe.each(tasks)('the state %s', (task) => {
  const folder = `functions/${kebab(task)}`;

  it('has a folder with its handler, and one without a package.json', () => {
    expect(readFileSync(new URL(`${folder}/index.ts`, root), 'utf8')).toContain(
      `export const handler = create${task}(`,
    );
    expect(existsSync(new URL(`${folder}/${kebab(task)}.ts`, root))).toBe(true);
    expect(existsSync(new URL(`${folder}/package.json`, root))).toBe(false);
  });

  it('has a function in the template, which is built from that folder', () => {
    expect(template.Resources[`${task}Function`]).toMatchObject({
      Type: 'AWS::Serverless::Function',
      Properties: { CodeUri: `${folder}/` },
    });
  });

  it('calls that function, through a substitution of its name', () => {
    const state = (definition.States[task] ?? child.States[task]) as State & { Parameters: { FunctionName: string } };
    expect(state.Parameters.FunctionName).toBe(`\${${task}FunctionArn}`);
    const machine = template.Resources['UpdateAgentsStateMachine']?.Properties as { DefinitionSubstitutions: object };
    expect(machine.DefinitionSubstitutions).toHaveProperty(`${task}FunctionArn`);
  });

  it('is deployed on the embedded account', () => {
    expect(Object.keys(functionFactories)).toContain(`${task}Function`);
  });

  it('has a sample event', () => {
    expect(existsSync(new URL(`events/${kebab(task)}.json`, root))).toBe(true);
  });
});

/** Outside of the workflow: it is for executions that have died. */
const OUTSIDE = ['ReconcileLeases'];

it('no function and no folder is without a state, but for what stands outside of the workflow', () => {
  const functions = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function');
  expect(functions.map(([name]) => name).sort()).toEqual(
    [...tasks, ...OUTSIDE].map((task) => `${task}Function`).sort(),
  );
  const folders = readdirSync(new URL('functions', root), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const shared = ['aws', 'domain', 'operations', 'runtime'];
  expect(
    folders
      .map(({ name }) => name)
      .filter((name) => !shared.includes(name))
      .sort(),
  ).toEqual([...tasks, ...OUTSIDE].map(kebab).sort());
});
