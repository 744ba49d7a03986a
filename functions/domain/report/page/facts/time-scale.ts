/** The clock of a timeline, along its width. A long tail is drawn denser: else twelve minutes of work share a seventh of the width. */
export interface TimeScale {
  /** Of the width, in percent. */
  x(second: number): number;
  /** Where the dense part begins; null: there is none. */
  fold: number | null;
  /** How many times denser it is. */
  density: number;
  end: number;
  /** Seconds at which a time is written. */
  ticks: number[];
}

const STEP = 300;

/** The part before the fold, in percent of the width. */
const SHARE = 80;

/** @param ends when each instance was done, in seconds of the run, and @param end when the run was */
export function createTimeScale(ends: number[], end: number): TimeScale {
  const sorted = [...ends].sort((one, other) => one - other);
  const toStep = (second: number) => Math.max(STEP, Math.ceil(second / STEP) * STEP);
  const whole = toStep(Math.max(end, sorted.at(-1) ?? 0));
  const most = toStep(sorted[Math.floor(0.9 * (sorted.length - 1))] ?? whole);
  const fold = sorted.length > 0 && whole >= most * 1.6 ? most : null;
  if (fold === null) {
    return { x: (second) => within((second / whole) * 100), fold, density: 1, end: whole, ticks: ticksTo(whole) };
  }
  const dense = (whole - fold) / (100 - SHARE);
  return {
    x: (second) => within(second <= fold ? (second / fold) * SHARE : SHARE + (second - fold) / dense),
    fold,
    density: Math.round(dense / (fold / SHARE)),
    end: whole,
    ticks: [...ticksTo(fold), ...ticksAfter(fold, whole)],
  };
}

/** What lies outside of the run, by another clock or a later pass, is drawn at its edge. */
const within = (percent: number): number => Math.min(100, Math.max(0, Math.round(percent * 100) / 100));

function ticksTo(end: number): number[] {
  const every = [300, 600, 1800, 3600].find((step) => end / step <= 6) ?? 7200;
  return Array.from({ length: Math.floor(end / every) + 1 }, (_, index) => index * every);
}

function ticksAfter(fold: number, end: number): number[] {
  const every = [900, 1800, 3600, 7200].find((step) => (end - fold) / step <= 3) ?? 14_400;
  const first = Math.ceil((fold + every / 2) / every) * every;
  return Array.from(
    { length: Math.max(0, Math.floor((end - first) / every) + 1) },
    (_, index) => first + index * every,
  );
}
