import { html, joined, jsonOf, trusted } from '../../../../../../functions/domain/report/page/markup/html.ts';
import { HOSTILE_TEXTS } from '../../../../../support/page/hostile-report.ts';

describe('markup', () => {
  it.each(HOSTILE_TEXTS)('takes %j as a text: in an element and in a quoted attribute', (text) => {
    const { text: page } = html`<p title="${text}">${text}</p>`;
    expect(page.match(/</g)).toHaveLength(2);
    expect(page.match(/"/g)).toHaveLength(2);
    expect(page).not.toMatch(/'/);
  });

  it('shows letters that would turn, join or hide others as what they are not', () => {
    expect(html`${'a\u202Eb\u2066c\u2028d\u0000e\u200Bf'}`.text).toBe('a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf');
  });

  it('takes its own pieces as they are, one by one or in lists', () => {
    const items = ['<', '>'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${null}${false}${0}`.text).toBe('<ul><li>&lt;</li><li>&gt;</li></ul>0');
    expect(joined(items, ', ').text).toBe('<li>&lt;</li>, <li>&gt;</li>');
    expect(html`${trusted('<b>')}`.text).toBe('<b>');
  });
});

describe('JSON in a page', () => {
  it.each(HOSTILE_TEXTS)('holds %j without ending its element or line', (text) => {
    const { text: json } = jsonOf({ text });
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual({ text: text.replace(/[\p{C}\u2028\u2029]/gu, '\uFFFD') });
  });
});
