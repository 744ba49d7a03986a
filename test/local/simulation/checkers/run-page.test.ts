import type { Report } from '../../../../functions/domain/report/report.ts';
import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';
import { aNight, anInstance, aReported, evidence, RUN, whatIsHeardOf } from '../evidence.ts';

/** What is said of a night that went well, if the page of its report was changed by hand. */
function ofPage(change: (page: string) => string): string[] {
  const executions = [aReported()];
  const heard = whatIsHeardOf(executions);
  const pages = { [RUN]: change(heard.pages[RUN] ?? '') };
  return judge(evidence({ timeline: aNight, executions, overheard: { ...heard, pages } })).map(({ text }) => text);
}

/** Puts one text in the place of another that has to be there. */
const swap = (one: string, other: string) => (page: string) => {
  expect(page).toContain(one);
  return page.replace(one, other);
};

it('a page that says what its report says is true', () => {
  expect(ofPage((page) => page)).toEqual([]);
});

it.each([
  ['its title in the other language', '戻っています · run-1', '戻っています · run-2', 'the page is called'],
  [
    'the row of an instance',
    `"${INSTANCE_ID}","",0,0,2`,
    `"${INSTANCE_ID}","",0,0,0`,
    'outcome failed instead of updated',
  ],
  ['its region', '"region":"eu-central-1"', '"region":"eu-west-1"', 'the page is of eu-west-1'],
  ['how many are proved', '1 agent is proved', '2 agents are proved', '1 are proved, and the page says'],
  ['its headline', '<span>1\u00a0of 1 updated', '<span>0\u00a0of 1 updated', 'the page tells other counts'],
  ['a promise', 'class="promise kept"', 'class="promise not-kept"', 'the page calls its versions not-kept'],
  ['who was woken', '<b>1</b> woken, <b>1</b> seen', '<b>1</b> woken, <b>0</b> seen', '1 were woken, 1 are back'],
  ['leases', 'No lease tag is left.', 'One is left.', 'wrong on leases'],
  ['its equation', '1 intended = 1 updated', '1 intended = 0 updated', 'the equation of the page'],
  ['how long it took', '1 instance woken for 11 min', '1 instance woken for 2 min', '1 were woken for 659 s'],
  ['which run it is', 'run <bdi>run-1</bdi>', 'run <bdi>run-2</bdi>', 'the page does not say run-1'],
  ['what an instance was at', 'booting 28 s', 'booting 80 s', 'booting 80 s instead of 28 s'],
  [
    'an outcome of the timeline',
    'class="row updated"',
    'class="row failed"',
    `the page draws ${INSTANCE_ID} as failed`,
  ],
  ['words of a program', 'from first to last', 'from undefined to last', 'the page says'],
])('is held to the report: %s', (_what, one, other, said) => {
  expect(ofPage(swap(one, other)).join('\n')).toContain(said);
});

it('is there, unless something kept it from being written', () => {
  const executions = [aReported()];
  const overheard = { ...whatIsHeardOf(executions), pages: {} };
  const said = (changes: object) =>
    judge(evidence({ timeline: aNight, executions, overheard, ...changes })).map(({ text }) => text);
  expect(said({})).toEqual(['run-1: its report has no page, and nothing kept it from that']);
  expect(said({ faults: [{ at: 0, what: 'fault slow', text: 'ReportRunFunction: s3:PutObject' }] })).toEqual([]);
});

describe('who an instance is', () => {
  const told = (changes: Partial<Report['instances'][number]>, instance = anInstance({ name: 'web-1' })): string[] => {
    const executions = [aReported(changes)];
    return judge(evidence({ timeline: aNight, executions, instances: [instance] })).map(({ text }) => text);
  };

  it('is told by the name that people gave it', () => {
    expect(told({ name: null }).join()).toContain('is called web-1, and is told as nothing');
    expect(told({ name: 'web-2' }).join()).toContain('is called web-1, and is told as web-2');
  });

  it('is told with its group', () => {
    expect(told({ name: 'web-1', group: 'prod' }).join()).toContain('is in dev, and is told in prod');
  });
});
