import { pingAfter } from '../../../../functions/domain/work/fresh-ping.ts';
import { agentFacts, at, stamp } from '../../../support/builders.ts';

const launchTime = stamp('02:00:30');
const agent = agentFacts({ lastPingAt: stamp('02:05') });

describe('a ping that is to be newer than a moment', () => {
  it('proves something if it is, and of this boot', () => {
    expect(pingAfter(agent, { launchTime, since: stamp('02:04:59') }, at('02:06'))).toEqual(agent);
    expect(pingAfter(agent, { launchTime }, at('02:06'))).toEqual(agent);
  });

  it.each([
    ['it came in that very moment', { launchTime, since: stamp('02:05') }],
    ['it came before that', { launchTime, since: stamp('02:05:01') }],
    ['it came as this boot began', { launchTime: stamp('02:05'), since: stamp('02:04') }],
    ['it is of an earlier boot', { launchTime: stamp('02:05:01'), since: stamp('02:04') }],
  ])('proves nothing if %s', (_what, bounds) => {
    expect(pingAfter(agent, bounds, at('02:06'))).toBeNull();
  });

  it('proves nothing if the agent has not pinged, or is not listed', () => {
    expect(pingAfter(agentFacts({ lastPingAt: null }), { launchTime }, at('02:06'))).toBeNull();
    expect(pingAfter(null, { launchTime }, at('02:06'))).toBeNull();
  });
});
