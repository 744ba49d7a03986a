import type { Reconciled } from '../../reconcile-report.ts';
import { type Night, toNight } from '../facts/night.ts';
import type { PageReport } from '../facts/page-report.ts';
import { verdictOf } from '../facts/verdict.ts';
import { html, joined, type Markup, trusted } from '../markup/html.ts';
import { english } from '../words/english.ts';
import { japanese } from '../words/japanese.ts';
import type { PageWords } from '../words/page-words.ts';

/**
 * The page of a run, in English and Japanese: one file that loads nothing.
 * @param addenda what passes of ReconcileLeases have filed of this run after its report
 * @param hash SHA-256 in base64: which scripts and styles may be, and no others
 */
export function drawPage(report: PageReport, addenda: Reconciled[], hash: (text: string) => string): string {
  const night = toNight(report, addenda);
  const style = 'body{font:16px system-ui}';
  const script = '';
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash(style)}'`,
    `script-src 'sha256-${hash(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>${english.title(night)}</title><style>${trusted(style)}</style></head>
<body>${drawBody(night, english)}${drawBody(night, japanese)}<script>${trusted(script)}</script></body></html>
`.text;
}

function drawBody(night: Night, words: PageWords): Markup {
  const verdict = verdictOf(night).map((part) => {
    const say = words.verdict[part.kind] as (one: typeof part) => string;
    return part.isBad ? html`<em>${say(part)}</em>` : html`<span>${say(part)}</span>`;
  });
  return html`<main lang="${words.language}"><h1>${joined(verdict, words.gap)}</h1><p>${words.deck(night)}</p><ul>${night.instances.map(({ title, outcome }) => html`<li>${title} ${words.outcomes[outcome]}</li>`)}</ul></main>`;
}
