import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { drawPage } from '../../functions/domain/report/page/drawing/draw-page.ts';
import { type PageReport, pageReportSchema } from '../../functions/domain/report/page/facts/page-report.ts';
import { readFleet } from '../../local/account/fleet/fleet.ts';
import { simulate } from '../../local/run/simulated-run.ts';
import { aHostileReport } from '../support/page/hostile-report.ts';

/** A page, by a name for its file. */
export interface SamplePage {
  name: string;
  page: string;
}

export interface SamplePages {
  /** Of runs from 12 to 5,000 instances; and of a report that has no more than reports had before. */
  pages: SamplePage[];
  /** Of a run in which all texts are hostile. */
  hostile: SamplePage;
}

/**
 * To be made before a browser is open: a run is played on a fake clock, which is that of the whole process, and on which all that
 * waits for a browser would be out of time at once.
 */
export async function samplePages(): Promise<SamplePages> {
  const [few, bad, many] = [await reportOf('healthy'), await reportOf('dev-and-prod'), await reportOf('mixed-500')];
  return {
    pages: [
      { name: '12', page: draw(few.full) },
      { name: '25', page: draw(bad.full) },
      { name: '25-older', page: draw(bad.older) },
      { name: '500', page: draw(many.full) },
      { name: '5000', page: draw(tenTimes(many.full)) },
    ],
    hostile: { name: 'hostile', page: draw(aHostileReport(bad.full)) },
  };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64');

const draw = (report: PageReport): string => drawPage(report, [], { language: null, hash });

async function reportOf(fleet: string): Promise<{ full: PageReport; older: PageReport }> {
  const path = fileURLToPath(new URL(`../../fleets/${fleet}.json`, import.meta.url));
  const simulated = await simulate({ fleet: readFleet(path), seed: 1 });
  const full = pageReportSchema.parse(simulated.report);
  return { full, older: asBefore(full) };
}

/** The same report as it was told before reports had times, commands, proofs and checks. */
const asBefore = (report: PageReport): PageReport => ({
  ...report,
  listedAt: null,
  checks: null,
  instances: report.instances.map((instance) => ({
    ...instance,
    times: null,
    refusedStarts: null,
    commands: [],
    proof: null,
    said: null,
  })),
});

/** The same run with ten instances for each one: for size and speed. */
export function tenTimes(report: PageReport): PageReport {
  const copies = Array.from({ length: 10 }, (_, copy) =>
    report.instances.map((instance) => ({
      ...instance,
      instanceId: `${instance.instanceId.slice(0, 3)}${copy}${instance.instanceId.slice(4)}`,
      name: instance.name === null ? null : `${instance.name}-${copy}`,
    })),
  );
  const counts = Object.fromEntries(Object.entries(report.counts).map(([name, count]) => [name, count * 10]));
  return { ...report, counts: counts as PageReport['counts'], instances: copies.flat() };
}
