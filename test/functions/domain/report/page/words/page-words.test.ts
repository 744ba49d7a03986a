import { toNight } from '../../../../../../functions/domain/report/page/facts/night.ts';
import { Markup } from '../../../../../../functions/domain/report/page/markup/html.ts';
import { english } from '../../../../../../functions/domain/report/page/words/english.ts';
import { japanese } from '../../../../../../functions/domain/report/page/words/japanese.ts';
import { aPageInstance, aPageReport, failedFor, leftOutFor } from '../../../../../support/page/page-reports.ts';

/** The names of all words, and of those within. */
const namesOf = (words: object, path = ''): string[] =>
  Object.entries(words).flatMap(([name, word]) =>
    typeof word === 'object' && word !== null && !(word instanceof Markup)
      ? namesOf(word as object, `${path}${name}.`)
      : [`${path}${name}`],
  );

/** All texts, with the functions told something. */
const textsOf = (words: object): string[] =>
  Object.values(words).flatMap((word: unknown): string[] => {
    if (typeof word === 'string') return [word];
    if (word instanceof Markup) return [word.text];
    return typeof word === 'object' && word !== null ? textsOf(word) : [];
  });

describe('the words of the page', () => {
  it('are there in both languages', () => {
    expect(namesOf(japanese).sort()).toEqual(namesOf(english).sort());
    expect(namesOf(english).length).toBeGreaterThan(150);
  });

  it('have no exclamation mark in either, and no half-width bracket in Japanese', () => {
    expect([...textsOf(english), ...textsOf(japanese)].filter((text) => /[!！]/.test(text))).toEqual([]);
    expect(textsOf(japanese).filter((text) => /[()]/.test(text))).toEqual([]);
  });

  it('say a time as a person does', () => {
    const times = [0, 89, 90, 5300, 5400, 7260];
    expect(times.map(english.duration)).toEqual(['0 s', '89 s', '2 min', '88 min', '1 h 30', '2 h 01']);
    expect(times.map(japanese.duration)).toEqual(['0秒', '89秒', '2分', '88分', '1時間30分', '2時間01分']);
  });

  it('say one instance and several', () => {
    const deck = (...instances: Parameters<typeof aPageReport>[0]) => english.deck(toNight(aPageReport(instances)));
    expect(deck(aPageInstance())).toBe(
      '1 agent is proved to be on 3.3.551.0. 1 instance woken for 10 min altogether. 30 min from first to last.',
    );
    const awake = { restoredAt: null, awakeSeconds: null };
    expect(deck(aPageInstance(awake), aPageInstance())).toMatch(
      /2 instances woken for 10 min altogether, 1 not seen asleep again\. /,
    );
    expect(deck(aPageInstance(awake))).toMatch(/1 instance woken, 1 not seen asleep again\. /);
    const optedOut = { ...leftOutFor('opted-out-in-run'), wokenAt: aPageInstance().wokenAt };
    expect(deck(optedOut, { ...failedFor('start-refused'), wokenAt: null })).toMatch(/1 never woken\. /);
    expect(deck({ ...failedFor('no-result'), wokenAt: null })).toMatch(/of 1 it is not known\. /);
    expect(deck(leftOutFor('spot'))).toBe('No instance had to be woken. 30 min from first to last.');
  });
});
