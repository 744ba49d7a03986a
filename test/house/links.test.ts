import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { demandNone, files, read, root, type Source } from './sources.ts';

const pages: Source[] = files.filter((file) => file.endsWith('.md')).map((file) => ({ file, text: read(file) }));

/** Code in a page holds brackets that are no links. */
const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** What a page links to, and the pictures that it shows; only what is in this repository. */
const linksOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
    .map(([, link, picture]) => link ?? picture ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let numbered = anchor;
    for (let again = 1; anchors.has(numbered); again++) numbered = `${anchor}-${again}`;
    anchors.add(numbered);
  }
  return anchors;
}

interface House {
  exists(path: string): boolean;
  read(path: string): string;
}

const house: House = { exists: (path) => existsSync(new URL(path, root)), read };

/** The links of a page that lead nowhere. */
const brokenLinks = ({ file, text }: Source, { exists, read: readPage }: House): string[] =>
  linksOf(text).flatMap((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : posix.join(posix.dirname(file), path);
    // The forms of GitHub's issues are pages of the web site, not of the repository.
    if (target.startsWith('..'))
      return [`${file} links to ${link}, outside of the repository: give the whole address.`];
    if (!exists(target)) return [`${file} links to ${link}, and ${target} does not exist: write where it is now.`];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    if (anchorsOf(path === '' ? text : readPage(target)).has(anchor)) return [];
    return [`${file} links to ${link}, and ${target} has no such heading: write how it is called now.`];
  });

it('each link leads to a file and a heading that exist', () => {
  expect(pages.length).toBeGreaterThan(12);
  expect(pages.flatMap(({ text }) => linksOf(text)).length).toBeGreaterThan(150);
  demandNone(pages.flatMap((page) => brokenLinks(page, house)));
});

describe('a link', () => {
  const pagesHere: Record<string, string> = {
    'docs/a.md': '# The `first` page\n\n## Twice\n\n## Twice\n\n```console\n# no heading\n```\n',
    'docs/b.md': '',
  };
  const here: House = {
    exists: (path) => path in pagesHere || path === 'local/',
    read: (path) => pagesHere[path] ?? '',
  };
  const judge = (text: string) => brokenLinks({ file: 'docs/b.md', text }, here);

  it.each([
    '[a](a.md)',
    '[a](a.md#the-first-page)',
    '[a](a.md#twice-1)',
    '[a](../local/)',
    '[a](https://example.com/nowhere)',
    '`[a](nowhere.md)`',
    '```json\n[a](nowhere.md)\n```',
    '## Own\n[a](#own)',
  ])('such as %j is good', (text) => {
    expect(judge(text)).toEqual([]);
  });

  it.each([
    ['[a](c.md)', 'docs/c.md does not exist'],
    ['[a](a.md#second)', 'docs/a.md has no such heading'],
    ['[a](a.md#no-heading)', 'docs/a.md has no such heading'],
    ['[a](#own)', 'docs/b.md has no such heading'],
    ['<img src="./none.svg">', 'docs/none.svg does not exist'],
    ['[a](../../issues)', 'outside of the repository'],
  ])('such as %j is told', (text, sentence) => {
    expect(judge(text)).toEqual([expect.stringContaining(sentence)]);
  });
});
