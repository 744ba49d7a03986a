import TinyQueue from 'tinyqueue';

/** What is going to happen in the account, in order of time. Nothing in it needs a timer. */
export interface Agenda {
  /** Milliseconds since the epoch. Things of the same moment happen in the order in which they were put down. */
  schedule(at: number, run: (at: number) => void): void;
  /** Lets everything happen that is due, each thing at its own moment. */
  runUntil(now: number): void;
}

export function createAgenda(): Agenda {
  type Appointment = { at: number; sequence: number; run: (at: number) => void };
  const queue = new TinyQueue<Appointment>([], (a, b) => a.at - b.at || a.sequence - b.sequence);
  let sequence = 0;
  return {
    schedule: (at, run) => queue.push({ at, sequence: sequence++, run }),
    runUntil(now) {
      for (let next = queue.peek(); next !== undefined && next.at <= now; next = queue.peek()) {
        queue.pop();
        next.run(next.at);
      }
    },
  };
}
