import type { Night, NightInstance } from '../facts/night.ts';
import type { PromiseStatus } from '../facts/promises.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import { type MarkName, mark } from '../markup/marks.ts';
import type { PageWords } from '../words/page-words.ts';

/** Both promises, as facts: how each stands, and what is known. */
export function drawPromises(night: Night, words: PageWords): Markup {
  const { noFalseSuccess, backAsItWas } = night;
  const says = words.promises;
  return html`<div class="promises">${drawPromise(says.noFalseSuccess, noFalseSuccess, proofFacts(night, words), words)}${drawPromise(
    says.backAsItWas,
    backAsItWas,
    returnFacts(night, words),
    words,
  )}</div>`;
}

function drawPromise(title: string, promise: PromiseStatus, facts: Markup[], { promises }: PageWords): Markup {
  const { status, instances } = promise;
  const said = {
    kept: promises.kept,
    'not-kept': promises.notKept(instances.length),
    'not-checked': promises.notChecked,
  };
  return html`<section class="promise ${status}"><h2>${title} <span class="status">${mark(MARKS[status])}${said[status]}</span></h2><ul>${facts.map((fact) => html`<li>${fact}</li>`)}</ul></section>`;
}

const MARKS: Record<PromiseStatus['status'], MarkName> = {
  kept: 'updated',
  'not-kept': 'failed',
  'not-checked': 'unknown',
};

function proofFacts({ report, noFalseSuccess }: Night, { promises }: PageWords): Markup[] {
  const { intended, updated, alreadyCurrent, failed, excluded } = report.counts;
  const isChecked = (report.checks?.versions?.status ?? 'not-checked') !== 'not-checked';
  const claims = updated + alreadyCurrent > 0;
  return [
    ...(updated > 0 ? [promises.updated(updated)] : []),
    ...(alreadyCurrent > 0 ? [promises.current(alreadyCurrent)] : []),
    ...(claims && !isChecked ? [promises.versionsNotChecked] : []),
    ...(intended > 0 ? [promises.accounted(intended, failed + excluded > 0)] : []),
    ...noFalseSuccess.texts.map(foreign),
  ];
}

function returnFacts(night: Night, words: PageWords): Markup[] {
  const { report, woken, running, leftAwake, backAsItWas, afterRun } = night;
  const { promises } = words;
  const { checks } = report;
  const back = woken.filter(({ restoredAt }) => restoredAt !== null);
  const hibernated = back.filter(({ finalState }) => finalState === 'hibernated').length;
  const broken = night.instances.filter(({ instanceId }) => backAsItWas.instances.includes(instanceId));
  const backSince = new Set(afterRun.filter(({ isBack }) => isBack).map(({ instance }) => instance));
  const others = broken.filter((one) => !leftAwake.includes(one) && !backSince.has(one));
  return [
    ...(woken.length > 0 ? [promises.woken(woken.length, back.length - hibernated, hibernated)] : []),
    ...(running.length > 0 ? [promises.running(running.length, checks?.launchTimes?.status === 'kept')] : []),
    ...(checks?.leases?.status === 'kept' ? [promises.leases] : []),
    ...((checks?.states?.status ?? 'not-checked') === 'not-checked' ? [promises.statesNotChecked] : []),
    ...named(promises.leftAwake, leftAwake, night, words),
    ...named(promises.notAsBefore, others, night, words),
    ...named(promises.backSince, [...backSince], night, words),
    ...(backAsItWas.instances.length === 0 ? backAsItWas.texts.map(foreign) : []),
  ];
}

/** A check's own words, which are English: they stand there where no instance is named. */
const foreign = (text: string): Markup => html`<strong lang="en">${text}</strong>`;

const NAMED_MAX = 12;

function named(what: string, instances: NightInstance[], { report }: Night, words: PageWords): Markup[] {
  if (instances.length === 0) return [];
  const links = instances.slice(0, NAMED_MAX).map((instance) => instanceLink(instance, report.region));
  const rest = instances.length - links.length;
  return [
    html`<strong>${what}</strong> ${joined(links, words.comma)}${rest > 0 && html`${words.comma}${words.failures.more(rest)}`}`,
  ];
}
