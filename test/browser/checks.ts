/** What was expected of the pages, and what was found. */
export interface Checks {
  expect(what: string, holds: boolean, found?: unknown): void;
  expectNone(what: string, found: string[]): void;
  tell(line: string): void;
  /** @returns the exit code */
  end(): number;
}

export function createChecks(tell: (line: string) => void): Checks {
  let [passed, failed] = [0, 0];
  const expect = (what: string, holds: boolean, found?: unknown) => {
    if (holds) passed++;
    else failed++;
    if (!holds) tell(`FAILED ${what}${found === undefined ? '' : `: ${String(found)}`}`);
  };
  return {
    expect,
    expectNone: (what, found) => expect(what, found.length === 0, found.join('\n  ')),
    tell,
    end() {
      tell(`${passed} checks passed, ${failed} failed`);
      return failed === 0 && passed > 0 ? 0 : 1;
    },
  };
}
