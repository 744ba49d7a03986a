import type { Night } from './night.ts';

/** What the headline says, part by part: first what went wrong, then what is proved, then whether all is back. */
export type Verdict = { isBad?: true } & (
  | { kind: 'died' }
  | { kind: 'left-awake'; count: number }
  | { kind: 'failed'; count: number; of: number }
  | { kind: 'none-took-part'; groups: string[] }
  | { kind: 'not-reached'; count: number }
  | { kind: 'proved'; count: number; of: number; isAll: boolean; version: string }
  | { kind: 'all-back' }
  | { kind: 'not-back'; count: number }
  | { kind: 'back-late'; count: number }
  | { kind: 'back-not-checked' }
);

/** As many parts as one sentence of a headline holds. */
const BAD_MAX = 2;

/** The run in a sentence. Nothing in it is said to be kept that was not checked. */
export function verdictOf(night: Night): Verdict[] {
  const { report, leftAwake, besides } = night;
  const { counts, diedBeforeReport } = report;
  const tookPart = counts.intended - counts.excluded;
  const proved = counts.updated + counts.alreadyCurrent;
  const notReached = besides
    .flatMap(({ instances }) => instances)
    .filter(({ outcome }) => outcome === 'excluded').length;
  const isAllowedEmpty = report.status === 'succeeded';
  const bad: (Verdict | false)[] = [
    diedBeforeReport && { kind: 'died' },
    leftAwake.length > 0 && { kind: 'left-awake', count: leftAwake.length },
    counts.failed > 0 && { kind: 'failed', count: counts.failed, of: tookPart },
    notReached > 0 && { kind: 'not-reached', count: notReached },
  ];
  const empty: Verdict = { kind: 'none-took-part', groups: night.groups, ...(isAllowedEmpty ? {} : BAD) };
  const said = bad.filter((part) => part !== false).slice(0, BAD_MAX);
  return [
    ...said.map((part) => ({ ...part, ...BAD })),
    tookPart === 0
      ? empty
      : { kind: 'proved', count: proved, of: tookPart, isAll: proved === tookPart, version: report.targetVersion },
    ...(tookPart === 0 ? [] : backParts(night)),
  ];
}

const BAD = { isBad: true } as const;

/** That an instance is left awake is said already: then only what else is not back is worth its place. */
function backParts({ backAsItWas, leftAwake, afterRun }: Night): Verdict[] {
  const { status, instances } = backAsItWas;
  if (status === 'kept') return [{ kind: 'all-back' }];
  if (status === 'not-checked') return [{ kind: 'back-not-checked' }];
  const late = new Set(afterRun.filter(({ isBack }) => isBack).map(({ instance }) => instance.instanceId));
  const open = instances.filter((id) => !late.has(id));
  if (instances.length > 0 && open.length === 0) return [{ kind: 'back-late', count: instances.length, ...BAD }];
  return open.length > 0 && open.length === leftAwake.length ? [] : [{ kind: 'not-back', count: open.length, ...BAD }];
}
