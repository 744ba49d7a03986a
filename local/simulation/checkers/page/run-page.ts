import type { Report } from '../../../../functions/domain/report/report.ts';
import { calls, type Evidence } from '../../evidence/evidence.ts';
import { slipIn } from '../mail/plain-words.ts';
import type { WholeReport } from '../report/whole-report.ts';
import { aboutDeck, aboutFailures, aboutLeftOut, aboutMasthead, aboutTimeline } from './page-parts.ts';
import { aboutRows } from './page-rows.ts';
import { languagesOf, type PageText, textOf } from './page-text.ts';
import { aboutEquation, aboutFacts, aboutPromises, aboutVerdict } from './page-verdict.ts';

const parts: readonly ((text: PageText, report: Report) => string[])[] = [
  aboutMasthead,
  aboutVerdict,
  aboutDeck,
  aboutPromises,
  aboutFacts,
  aboutEquation,
  aboutFailures,
  aboutTimeline,
  aboutLeftOut,
];

/** What is filled in for a person before a command is shown. */
const UNFILLED = /--\S+ (?:REGION|INSTANCE|COMMAND)\b|Values=INSTANCE\b/;

/** Whether all went through that the page is made of and written by. */
const isUndisturbed = ({ evidence, report }: WholeReport): boolean =>
  evidence.faults.length === 0 && evidence.disturbances.length === 0 && !report.diedBeforeReport;

/** A page that was written of an earlier report, before a redrive. */
const isOutdated = (evidence: Evidence, runId: string): boolean =>
  calls(evidence, 'PutObject').filter(
    ({ error, parameters }) => error === null && parameters['key'] === `runs/${runId}/report.json`,
  ).length > 1;

/** The page of a run says what its report says, in both languages, and in what its script reads. */
export function aboutPage(whole: WholeReport): string[] {
  const { evidence, report } = whole;
  const page = evidence.overheard.pages[report.runId];
  if (page === undefined) return isUndisturbed(whole) ? ['its report has no page, and nothing kept it from that'] : [];
  if (isOutdated(evidence, report.runId)) return [];
  return [
    ...aboutRows(page, report),
    ...languagesOf(page).flatMap((text) => {
      const seen = textOf(text.markup);
      const slip = slipIn(seen) ?? UNFILLED.exec(seen)?.[0] ?? null;
      return [
        ...(slip === null ? [] : [`the page says: ${slip}`]),
        ...parts.flatMap((about) => about(text, report)).slice(0, 1),
      ];
    }),
  ];
}
