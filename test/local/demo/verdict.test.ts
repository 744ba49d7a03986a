import { verdictOf } from '../../../local/demo/verdict.ts';
import { endFacts, failed, told } from './a-night.ts';

const verdict = (...instances: Parameters<typeof endFacts>[0] & object) => {
  const { wrong, right } = verdictOf(endFacts(instances).report, true);
  return [...wrong.map((text) => `WRONG ${text}`), ...right];
};
const excluded = (id: string, code: string) => told(id, { outcome: 'excluded', reason: { code, text: 'it is' } });

it('a run in which all went well', () => {
  expect(verdict(told('i-1'), told('i-2', { outcome: 'already-current' }), excluded('i-3', 'spot'))).toEqual([
    'All 2 agents are proved to be on 3.3.551.0.',
    'Every instance is back as it was.',
  ]);
});

it('a run in which every instance failed', () => {
  expect(verdict(failed('i-1', 'no-capacity'))).toEqual([
    'WRONG 1 of 1 failed.',
    'No agent is proved to be on 3.3.551.0.',
    'Every instance is back as it was.',
  ]);
});

it('instances that were never reached are told as what is wrong', () => {
  expect(verdict(told('i-1'), told('i-2'), excluded('i-3', 'busy'), excluded('i-4', 'out-of-time'))).toEqual([
    'WRONG 2 instances were never reached.',
    'All 2 agents are proved to be on 3.3.551.0.',
    'Every instance is back as it was.',
  ]);
});

it('an instance that is left awake comes first, and is not called back', () => {
  const awake = told('i-1', { finalState: 'handed-over', reason: { code: 'session-active', text: 'a session' } });
  expect(verdict(awake, failed('i-2', 'update-failed'), told('i-3'))).toEqual([
    'WRONG Left awake: 1.',
    'WRONG 1 of 3 failed.',
    '2 agents are proved to be on 3.3.551.0.',
    'All are back as they were, but for 1 left awake.',
  ]);
});

it('an instance that someone else has changed is not called back', () => {
  expect(verdict(told('i-1'), failed('i-2', 'terminated-in-run', { finalState: 'terminated' }))).toContain(
    'All are back as they were, but for 1 that someone else has changed.',
  );
});

it('a run in which no instance takes part', () => {
  expect(verdict(excluded('i-1', 'spot'))).toEqual(['WRONG No instance could be updated: none of them takes part.']);
});
