import type { Language } from '../../../words/words.ts';
import type { Reconciled } from '../../reconcile-report.ts';
import { type Night, toNight } from '../facts/night.ts';
import type { PageReport } from '../facts/page-report.ts';
import { SCRIPT, STYLE } from '../markup/assets.ts';
import { html, jsonOf, type Markup, trusted } from '../markup/html.ts';
import { marks } from '../markup/marks.ts';
import { drawTimeline } from '../timeline/timeline.ts';
import { english } from '../words/english.ts';
import { japanese } from '../words/japanese.ts';
import type { PageWords } from '../words/page-words.ts';
import { drawAfterRun } from './after-run.ts';
import { drawEquation, equationStyle } from './equation.ts';
import { drawFailures } from './failures.ts';
import { drawHeadline, titleOf } from './headline.ts';
import { drawLeftAwake } from './left-awake.ts';
import { drawLeftOut } from './left-out.ts';
import { drawMasthead } from './masthead.ts';
import { drawPromises } from './promises.ts';
import { drawTable } from './table.ts';
import { tableDataOf } from './table-data.ts';
import { drawTook } from './took.ts';

/** How a page is made. */
export interface PageSettings {
  /** In which it opens for a reader who has not chosen; null: in that of the reader's browser. */
  language: Language | null;
  /** SHA-256 in base64: the page allows the style and the script that it was written with, and no other. */
  hash(text: string): string;
}

/**
 * The page of a run, in one file that loads nothing. It holds both languages: the second one waits in a template until the script
 * shows it.
 * @param addenda what passes of ReconcileLeases have filed of this run after its report
 */
export function drawPage(report: PageReport, addenda: Reconciled[], { language, hash }: PageSettings): string {
  const night = toNight(report, addenda);
  const [first, second] = language === 'ja' ? [japanese, english] : [english, japanese];
  const style = `${STYLE}${equationStyle(night)}`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash(style)}'`,
    `script-src 'sha256-${hash(SCRIPT)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="${first.language}"${language !== null && html` data-opens-in="${language}"`}><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>${titleOf(night, first)}</title><style>${trusted(style)}</style></head>
<body>${marks}<div id="page">${drawBody(night, first)}</div>
<template id="other">${drawBody(night, second)}</template>
<script type="application/json" id="data">${jsonOf(tableDataOf(night, [english, japanese]))}</script><script>${trusted(SCRIPT)}</script></body></html>
`.text;
}

const drawBody = (night: Night, words: PageWords): Markup =>
  html`<a class="skip" href="#${night.failures.length > 0 ? 'failures' : 'all'}">${night.failures.length > 0 ? words.masthead.skipToFailures : words.masthead.skipToTable}</a>${drawMasthead(night, words)}
<main>${drawHeadline(night, words)}${drawLeftAwake(night, words)}${drawPromises(night, words)}${drawEquation(night, words)}${drawFailures(night, words)}${drawAfterRun(night, words)}${drawTimeline(night, words)}${drawTook(night, words)}${drawTable(night, words)}${drawLeftOut(night, words)}</main><footer>${words.footer(night)}</footer>`;
