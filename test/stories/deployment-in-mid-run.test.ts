import type { DeploymentOptions } from '../../local/deployment/deploy.ts';
import { aFleet, tell } from '../support/stories.ts';

/** Executions keep the definition with which they began; functions are the new ones from their next invocation on. */
describe('a deployment while a run is under way', () => {
  const fleet = aFleet({ dev: { 'web-1': {}, 'web-2': {} } });

  /** What a definition of before a step was added can read: the counts that it knows. */
  const withoutCountOf =
    (count: string): DeploymentOptions['wrap'] =>
    (logicalId, handler) =>
    async (event, context) => {
      const output = (await handler(event, context)) as { counts?: Record<string, number> };
      if (logicalId === 'ReconcileLeasesFunction' || output.counts === undefined) return output;
      const { [count]: _unknown, ...known } = output.counts;
      return { ...output, counts: known };
    };

  it('strands no instance at a step that the definition does not know: it is updated, and put back', async () => {
    const { broken, report } = await tell(fleet, { wrap: withoutCountOf('preflight') });

    expect(broken).toEqual([]);
    expect(report.counts).toMatchObject({ intended: 2, updated: 2 });
  });
});
