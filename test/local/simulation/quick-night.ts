import type { Evidence } from '../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID, OLD, TARGET } from '../../support/builders.ts';
import { aNight, aReported, call, ping, state, whatIsHeardOf } from './evidence.ts';

export const moment = (time: string): number => at(time).getTime();

/** What is heard of its agent in that night, which first pings at this time. */
export const heard = (firstPing: string): Pick<Evidence, 'overheard'> => ({
  overheard: {
    ...whatIsHeardOf([aReported()]),
    pings: [ping(firstPing, OLD), ping('02:05', OLD), ping('02:08', TARGET)],
  },
});

export const sent = (time: string) => call(time, 'SendCommand', { by: 'UpdateAgentFunction', service: 'ssm' });

export const looked = (time: string) =>
  call(time, 'DescribeInstanceInformation', {
    by: 'VerifyVersionsFunction',
    parameters: { Values: [INSTANCE_ID] },
    instanceIds: [],
  });

export const inOrder = (timeline: Evidence['timeline']) => [...timeline].sort((a, b) => a.at - b.at);

/** A night in which nothing bad was drawn, and no reaction is late. */
export const quick: Evidence['timeline'] = inOrder([
  ...aNight.filter(({ at: then }) => then < moment('02:10')),
  looked('02:05:10'),
  state('02:08:40', 'stopping', 'RestoreInstancesFunction'),
  state('02:09:20', 'stopped'),
]);
