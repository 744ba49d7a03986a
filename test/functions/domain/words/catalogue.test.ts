import {
  exclusions,
  failures,
  handovers,
  refusals,
  remarks,
  waits,
} from '../../../../functions/domain/model/reason-codes.ts';
import { catalogue, wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import { type Language, languageSchema } from '../../../../functions/domain/words/words.ts';

const reported: string[] = [
  ...[exclusions, handovers, remarks].flatMap((table) => Object.keys(table)),
  ...failures,
  ...refusals,
];
const codes: string[] = [...reported, ...waits];
const languages = languageSchema.options;
const eachInBoth = codes.flatMap((code) => languages.map((language): [Language, string] => [language, code]));

/** What a title and a sentence look like; both fit into a cell of a table. */
const SHAPES: Record<Language, { title: RegExp; sentence: RegExp }> = {
  en: { title: /^[A-Z][\x20-\x7b\x7d]{2,38}[^|.]$/, sentence: /^[A-Z][\x20-\x7b\x7d]{3,160}\.$/ },
  ja: { title: /^[^|\n。]{3,24}$/, sentence: /^[^|\n]{3,100}。$/ },
};
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

describe('the catalogue of words', () => {
  it('has the codes that there are, and no others', () => {
    expect(Object.keys(catalogue).sort()).toEqual(codes.sort());
  });

  it.each(eachInBoth)('has a title of a few words in %s for %s, without an end', (language, code) => {
    expect(wordsOf(code, language).title).toMatch(SHAPES[language].title);
  });

  it.each(eachInBoth)(
    'says in sentences, in %s, what %s means and what to do, in a cell of a table',
    (language, code) => {
      const { meaning, whatToDo } = wordsOf(code, language);
      expect(meaning).toMatch(SHAPES[language].sentence);
      if (reported.includes(code)) expect(whatToDo).toMatch(SHAPES[language].sentence);
      else expect(whatToDo).toBeNull();
    },
  );

  it.each(languages)('has no title twice in %s: in a list they stand for their codes', (language) => {
    const titles = codes.map((code) => wordsOf(code, language).title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it('lets an unknown code stand for itself: a report may be older or newer than this table', () => {
    for (const code of ['of-another-release', 'constructor', '__proto__'])
      expect(wordsOf(code, 'ja')).toEqual({ title: code, meaning: '', whatToDo: null });
  });
});

describe('a Japanese text', () => {
  const texts = codes.flatMap((code) => Object.values(wordsOf(code, 'ja')).filter((text) => text !== null));

  it('is Japanese', () => {
    expect(texts.filter((text) => !JAPANESE.test(text))).toEqual([]);
  });

  it('has full-width brackets, colons and commas', () => {
    expect(texts.filter((text) => /[()[\]]|[:;,] |[^\x20-\x7e][:;,]|[:;,][^\x20-\x7e]/.test(text))).toEqual([]);
  });

  it('keeps a space between Japanese and Latin words, as AWS does, and none before a counted thing', () => {
    const joined =
      /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}][A-Za-z]|[A-Za-z][\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
    expect(texts.filter((text) => joined.test(text) || /\d [分時台個回]/.test(text))).toEqual([]);
  });
});
