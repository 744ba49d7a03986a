import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LINES_MAX = 300;
const root = new URL('../../', `file://${__filename}`);
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
const files = git('ls-files', '--cached', '--others', '--exclude-standard').filter((file) =>
  /\.(ts|mjs|js)$/.test(file),
);
const sources = files.map((file) => ({ file, text: readFileSync(new URL(file, root), 'utf8') }));
const inside = (folder: string) => sources.filter(({ file }) => file.startsWith(`${folder}/`));
const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].map(([, name]) => name ?? '');

/** Files of these in which a pattern stands, outside of comments. */
const using = (where: typeof sources, pattern: RegExp): string[] =>
  where.filter(({ text }) => pattern.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''))).map(({ file }) => file);

describe('the house rules', () => {
  it('finds the sources at all', () => {
    expect(inside('functions').length).toBeGreaterThan(30);
    expect(inside('statemachine').length).toBeGreaterThan(0);
    expect(inside('local').length).toBeGreaterThan(20);
  });

  it(`no file has more than ${LINES_MAX} lines`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length - 1 > LINES_MAX).map(({ file }) => file);
    expect(long).toEqual([]);
  });

  it('deployed code never imports local/ or test/', () => {
    const deployed = [...inside('functions'), ...inside('statemachine')];
    const bad = deployed.filter(({ text }) => importsOf(text).some((name) => /\/(local|test)\//.test(name)));
    expect(bad.map(({ file }) => file)).toEqual([]);
  });

  it('the domain imports nothing but itself and zod', () => {
    const bad = inside('functions/domain').flatMap(({ file, text }) =>
      importsOf(text)
        .filter(
          (name) => name !== 'zod' && (!name.startsWith('.') || name.includes('../aws') || name.includes('../../../')),
        )
        .map((name) => `${file}: ${name}`),
    );
    expect(bad).toEqual([]);
  });

  it('only functions/aws speaks to AWS', () => {
    const bad = inside('functions').filter(
      ({ file, text }) => !file.startsWith('functions/aws/') && /@aws-sdk\//.test(text),
    );
    expect(bad.map(({ file }) => file)).toEqual([]);
  });

  it('time, randomness and clients are made in one place each', () => {
    const deployed = inside('functions');
    expect(using(deployed, /new Date\(\)|Date\.now/)).toEqual(['functions/runtime/runtime.ts']);
    expect(using(deployed, /Math\.random|randomUUID/)).toEqual([]);
    expect(using(deployed, /new \w+Client\(/)).toEqual(['functions/aws/sdk/clients.ts']);
    expect(using(deployed, /process\.env/)).toEqual(['functions/runtime/runtime.ts']);
  });

  it('error names are string literals', () => {
    expect(using(inside('functions'), /new ReveilleError\(\s*[^'\s?p]/)).toEqual([]);
    expect(using(inside('functions'), /throw new Error\(/)).toEqual([]);
  });

  it('nothing is left to be done, and nothing is called utils', () => {
    const others = sources.filter(({ file }) => !file.startsWith('test/house/'));
    expect(using(others, /\b(TODO|FIXME|XXX)\b/)).toEqual([]);
    expect(files.filter((file) => /utils?[./]/.test(file))).toEqual([]);
  });

  it('each fact that the code names stands in docs/aws-behaviour.md', () => {
    const facts = readFileSync(new URL('docs/aws-behaviour.md', root), 'utf8');
    const known = new Set([...facts.matchAll(/^\*\*(\d+)\.\*\*/gm)].map(([, number]) => number));
    const named = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/docs\/aws-behaviour\.md ([\d, -]+)/g)].flatMap(([, numbers]) =>
        (numbers?.match(/\d+/g) ?? []).map((number) => ({ file, number })),
      ),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ number }) => !known.has(number))).toEqual([]);
  });
});
