import { wordsOf } from '../../../words/catalogue.ts';
import { stopCommands } from '../../stop-command.ts';
import type { Night, NightInstance } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import type { PageWords } from '../words/page-words.ts';
import { drawCode } from './cause.ts';

const LISTED_MAX = 100;

/**
 * What is awake that slept before, why, and what a person types to stop it; null if nothing is. Nothing copies that command: it
 * changes the account.
 */
export function drawLeftAwake({ awake, report }: Night, words: PageWords): Markup | null {
  if (awake.length === 0) return null;
  const { heading, toStop } = words.leftAwake;
  const rest = awake.length - LISTED_MAX;
  const commands = stopCommands(awake, report.region);
  return html`<section id="left-awake"><h2>${heading(awake.length)}</h2><ul class="after">${awake
    .slice(0, LISTED_MAX)
    .map((one) => html`<li>${instanceLink(one, report.region)} ${whyOf(one, words)}</li>`)}</ul>${
    rest > 0 && html`<p>${words.failures.more(rest)}</p>`
  }<p class="small">${toStop(awake.length)}</p>${commands.map((one) => html`<div class="command">${drawCode(one)}</div>`)}</section>`;
}

const whyOf = ({ reason, finalState }: NightInstance, { language, states, unknownState }: PageWords): string =>
  reason === null ? (states[finalState ?? ''] ?? unknownState) : wordsOf(reason.code, language).title;
