import { readFileSync } from 'node:fs';

/**
 * Loaded before a function's own code: lets the process live in the embedded account's time, which runs faster than the
 * machine's. The rules compare EC2's and SSM's times with their own, and deployed code knows nothing of simulated time.
 * Timers run faster as well: the SDK computes how long it rests between calls from the clock that it sees.
 *
 * The file is written only when the account is there, so it is read when the process starts and not before.
 */
interface ClockFile {
  /** The machine's clock when both began. */
  realStart: number;
  accountStart: number;
  speed: number;
}

/** No timer gets shorter than that: a time limit on a request would measure how busy this machine is. */
const DELAY_MILLISECONDS_MIN = 250;

const RealDate = Date;

const realSetTimeout = setTimeout;

const { realStart, accountStart, speed } = JSON.parse(
  readFileSync(process.env['REVEILLE_CLOCK_FILE'] ?? '', 'utf8'),
) as ClockFile;

const now = () => Math.floor(accountStart + (RealDate.now() - realStart) * speed);

const scaled = (delay: number) => Math.max(delay / speed, Math.min(delay, DELAY_MILLISECONDS_MIN));

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, property, self) => (property === 'now' ? now : Reflect.get(target, property, self)),
});

globalThis.setTimeout = Object.assign(
  (run: (...rest: unknown[]) => void, delay = 0, ...rest: unknown[]) => realSetTimeout(run, scaled(delay), ...rest),
  // With the promise form that `util.promisify` finds there.
  realSetTimeout,
) as typeof setTimeout;
