import { readTemplate } from '../../local/deployment/template.ts';
import { files, read } from './sources.ts';

/** Paragraphs that begin with names in bold, such as **`A`, `B`**: or **A**, **B**: */
const namesInBold = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /^\*\*[^*]+\*\*(, \*\*[^*]+\*\*)*:/.test(line))
    .flatMap((line) => line.slice(0, line.indexOf('**:')).split(','))
    .map((name) => name.replace(/[*`\s]/g, ''));

const section = (text: string, from: string, to: string): string =>
  text.slice(text.indexOf(`\n## ${from}\n`), text.indexOf(`\n## ${to}\n`));

describe('the pages', () => {
  it('say of each parameter when to change it, and of nothing else', () => {
    const told = namesInBold(section(read('docs/configuration.md'), 'What is updated', 'The input of a run'));
    expect(told.sort()).toEqual(Object.keys(readTemplate().Parameters).sort());
  });

  it('say of each alarm what to do', () => {
    const alarms = Object.entries(readTemplate().Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    const told = namesInBold(read('docs/when-something-breaks.md'));
    expect(told.sort()).toEqual(alarms.map(([logicalId]) => logicalId).sort());
  });

  it('are all listed in docs/README.md', () => {
    const pages = files.filter((file) => /^docs\/[^/]+\.md$/.test(file) && file !== 'docs/README.md');
    const listed = [...read('docs/README.md').matchAll(/^\| \[([\w-]+\.md)\]\(\1\)/gm)].map(
      ([, page]) => `docs/${page}`,
    );
    expect(listed.sort()).toEqual(pages.sort());
  });

  it('begin with a README that is read to its end', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(151);
  });
});
