// A page as a reader has it: texts, in either of its languages, and what its script reads.

export interface PageText {
  language: 'en' | 'ja';
  markup: string;
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

/** What a reader sees of a piece of markup. */
export const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity)
    .trim();

/** The page in the language that it opens in, and the one that waits for a reader of the other. */
export function languagesOf(page: string): PageText[] {
  const [, first = '', second = ''] =
    /<div id="page">([\s\S]*)<\/div>\s*<template id="other">([\s\S]*)<\/template>/.exec(page) ?? [];
  const isJapanese = /<html lang="ja"/.test(page);
  return [
    { language: isJapanese ? 'ja' : 'en', markup: first },
    { language: isJapanese ? 'en' : 'ja', markup: second },
  ];
}

/** What stands between a tag that begins like this and its end. There is none of the same kind within. */
export const within = (markup: string, begin: RegExp, end: string): string => {
  const found = begin.exec(markup);
  if (found === null) return '';
  const from = found.index + found[0].length;
  const to = markup.indexOf(end, from);
  return to < 0 ? '' : markup.slice(from, to);
};

export const sectionOf = (markup: string, id: string): string =>
  within(markup, new RegExp(`<section id="${id}"[^>]*>`), '</section>');

/** The instances that are linked there, in order. */
export const linkedIn = (markup: string): string[] =>
  [...markup.matchAll(/#InstanceDetails:instanceId=([^"]+)"/g)].map(([, id = '']) => id);

/** All numbers of a text, in order. */
export const numbersIn = (text: string): number[] =>
  [...text.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(',', '')));
