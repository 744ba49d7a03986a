import type { Night, NightInstance } from '../facts/night.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

/**
 * When what was seen of an instance, as far as the report says; null if it says nothing.
 * @param isOneOfMany whether it has to be named: it stands for others
 */
export function drawChronicle(
  instance: NightInstance,
  night: Night,
  words: PageWords,
  isOneOfMany: boolean,
): Markup | null {
  const told = eventsOf(instance, night, words);
  if (told.length === 0) return null;
  const events = isOneOfMany ? [html`<bdi>${instance.title}</bdi>: ${told[0] ?? null}`, ...told.slice(1)] : told;
  return html`<p class="chronicle">${joined(
    events.map((event) => html`<span>${event}</span>`),
    ' ',
  )}</p>`;
}

function eventsOf(instance: NightInstance, { clock }: Night, { failures, duration }: PageWords): Markup[] {
  const { times, refusedStarts, commands, isWoken, wokenAt, restoredAt, awakeSeconds } = instance;
  const says = failures.chronicle;
  const time = (moment: string) => clock.second(Date.parse(moment));
  const at = (moment: string | null | undefined, what: string) =>
    moment ? [html`<b>${time(moment)}</b> ${what}`] : [];
  const wasRunning = times?.runningAt ?? null;
  // The code is EC2's StateReason, and not an error's, where a start was accepted and did not last.
  const fellBack = /^(Client|Server)\./.test(refusedStarts?.code ?? '');
  const tell = fellBack ? says.fellBack : says.refused;
  const refusals =
    refusedStarts === null
      ? []
      : [html`${tell(refusedStarts.count, time(refusedStarts.firstAt), time(refusedStarts.lastAt))}`];
  const noEnd = commands.at(-1)?.endedAt === null;
  return [
    ...(fellBack ? [] : refusals),
    ...(times === null ? at(wokenAt, says.woken) : at(times.startAcceptedAt, says.startAccepted)),
    ...(fellBack ? refusals : []),
    ...at(wasRunning, says.running),
    ...at(times?.firstPingAt, says.firstPing),
    ...(isWoken && wasRunning !== null && times?.firstPingAt === null ? [html`${says.noPing}`] : []),
    ...commands.flatMap(({ sentAt, endedAt }, index) => [
      ...at(sentAt, index === 0 ? says.sent : says.sentAgain),
      ...at(endedAt, says.ended),
    ]),
    ...(noEnd ? [html`${says.noEnd}`] : []),
    ...at(times?.stopAcceptedAt, says.stopAccepted),
    ...at(restoredAt, says.restored),
    ...(restoredAt === null ? at(times?.settledAt, says.settled) : []),
    ...(awakeSeconds === null ? [] : [html`${says.awakeFor(duration(awakeSeconds))}`]),
  ];
}
