import { type Declaration, type ModuleItem, parseSync } from '@swc/core';
import { demandNone, inside, type Source } from './sources.ts';

/** Files that are read for one function: rules, operations and Lambdas. Those of aws/ hold several calls. */
const isReadForOne = ({ file }: Source): boolean => !/^functions\/(aws|runtime)\//.test(file);

interface Helper {
  name: string;
  isExported: boolean;
}

/** Functions of a file in their order: declared ones, and such in constants that take more than an expression. */
function functionsOf(text: string): Helper[] {
  const { body } = parseSync(text, { syntax: 'typescript', target: 'es2024' });
  return body.flatMap((item) => {
    const isExported = item.type === 'ExportDeclaration';
    return namesOf(isExported ? item.declaration : item).map((name) => ({ name, isExported }));
  });
}

function namesOf(item: ModuleItem | Declaration): string[] {
  if (item.type === 'FunctionDeclaration') return [item.identifier.value];
  if (item.type !== 'VariableDeclaration') return [];
  return item.declarations.flatMap(({ id, init }) =>
    id.type === 'Identifier' && init?.type === 'ArrowFunctionExpression' && 'stmts' in init.body ? [id.value] : [],
  );
}

/** What stands in the way of a file's main function: a reader wants the rule first, then what it is made of. */
function judgeOrder({ file, text }: Source): string[] {
  const functions = functionsOf(text);
  const main = functions.findIndex(({ isExported }) => isExported);
  const before = functions.slice(0, Math.max(main, 0)).map(({ name }) => `${name}()`);
  if (before.length === 0) return [];
  const name = functions[main]?.name;
  return [
    `${file} begins with ${before.join(', ')}: move ${name}(), which the file is read for, up to stand first, right after ` +
      'types and constants.',
  ];
}

it('the main function of a file stands first', () => {
  const files = inside('functions').filter(isReadForOne);
  expect(files.length).toBeGreaterThan(50);
  demandNone(files.flatMap(judgeOrder));
});

it('helpers before it are told', () => {
  const main = 'export function main(): void { helper(); }';
  const before = (helper: string) => judgeOrder({ file: 'functions/domain/steps/a.ts', text: `${helper}\n${main}` });
  expect(
    judgeOrder({ file: 'a.ts', text: `const A = 1;\ninterface B { c: 1 }\n${main}\nfunction helper() {}` }),
  ).toEqual([]);
  expect(before('const isOpen = (code: number) => code > 1;')).toEqual([]);
  expect(before('const helper = () => { main(); };')).toHaveLength(1);
  expect(before('function helper(): void {}')).toEqual([
    'functions/domain/steps/a.ts begins with helper(): move main(), which the file is read for, up to stand first, right ' +
      'after types and constants.',
  ]);
});
