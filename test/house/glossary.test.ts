import { existsSync, readFileSync } from 'node:fs';

const page = new URL('../../docs/glossary.md', `file://${__filename}`);
const entries = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('- '));
const parsed = entries.map((line) => {
  const [, word = '', text = ''] = /^- \*\*([^*]+)\*\*: (.+)$/.exec(line) ?? [];
  return { word, text, files: [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path ?? '') };
});

describe('the glossary', () => {
  it.each(parsed)('explains “$word” in one to three sentences, and names a file that exists', ({ text, files }) => {
    expect(files).not.toEqual([]);
    expect(files.filter((path) => !existsSync(new URL(path, page)))).toEqual([]);
    const sentences = text.replace(/\[[^\]]*\]\([^)]*\)/g, '').match(/[.](?= |$)/g) ?? [];
    expect(sentences.length).toBeGreaterThanOrEqual(1);
    expect(sentences.length).toBeLessThanOrEqual(3);
  });

  it('has each word once', () => {
    const words = parsed.map(({ word }) => word);
    expect(words).not.toContain('');
    expect(words.length).toBeGreaterThan(40);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });

  it('names a file as the path that it leads to', () => {
    const links = entries.flatMap((line) => [...line.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)]);
    const misleading = links.filter(
      ([, name, path]) => new URL(path ?? '', page).pathname.endsWith(`/${name}`) === false,
    );
    expect(misleading).toEqual([]);
  });
});
