import type { Batch } from '../../functions/domain/batch/batch.ts';
import type { Handler } from '../../functions/runtime/handler.ts';
import { aFleet, LATEST, tell } from '../support/stories.ts';

type Wrap = (logicalId: string, handler: Handler<unknown>) => Handler<unknown>;

const failure = (name: string) => Object.assign(new Error(`${name} for the story`), { name });

/** Lets a function do its work and then lose it: the reply never reaches the state machine. */
const losesReplies = (victim: string, times: number): Wrap => {
  let left = times;
  return (logicalId, handler) =>
    logicalId !== victim
      ? handler
      : async (event, context) => {
          const reply = await handler(event, context);
          if (left-- > 0) throw failure('Lambda.ServiceException');
          return reply;
        };
};

/** Lets a function fail before it does anything. */
const fails = (victim: string, name: string, isTurn: (count: number) => boolean = () => true): Wrap => {
  let count = 0;
  return (logicalId, handler) =>
    logicalId !== victim
      ? handler
      : async (event, context) => {
          if (isTurn(++count)) throw failure(name);
          return handler(event, context);
        };
};

const pair = aFleet({ dev: { 'web-1': {}, 'web-2': {} }, prod: { shop: { state: 'running' } } });

describe('a StartInstances whose reply is lost', () => {
  it('is tried again, and knows the instances that it has started as its own', async () => {
    const { broken, of, calls } = await tell(pair, { wrap: losesReplies('StartInstancesFunction', 1) });

    expect(broken).toEqual([]);
    expect(of('web-1')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
    // The second call is a no-op: describes may not have shown the first one's effect yet.
    expect(calls('StartInstances').length).toBeLessThanOrEqual(2);
  });

  it('and that never answers at all leaves no instance awake', async () => {
    const { broken, of, report } = await tell(pair, { wrap: losesReplies('StartInstancesFunction', 99) });

    expect(broken).toEqual([]);
    expect(of('web-1')).toMatchObject({ outcome: 'failed', reason: { code: 'step-failed' }, finalState: 'stopped' });
    expect(report.status).toBe('failed');
  });
});

describe('an UpdateAgent whose reply is lost', () => {
  it('finds its command again, or is told by the agent that it is busy with it', async () => {
    const { broken, of, calls } = await tell(aFleet({ dev: { web: {} } }), {
      wrap: losesReplies('UpdateAgentFunction', 1),
    });

    expect(broken).toEqual([]);
    expect(of('web').outcome).toBe('updated');
    // ListCommands may not show the first one yet; never more than one is sent again.
    expect(calls('SendCommand').length).toBeLessThanOrEqual(2);
    expect(of('web').awakeSeconds).toBeLessThan(15 * 60);
  });

  it('and that never answers stops no instance in the middle of an update', async () => {
    const { broken, of, account } = await tell(aFleet({ dev: { web: { behaviours: ['update-rolls-back'] } } }), {
      wrap: losesReplies('UpdateAgentFunction', 99),
    });

    expect(broken).toEqual([]);
    expect(of('web')).toMatchObject({ outcome: 'failed', reason: { code: 'step-failed' }, finalState: 'stopped' });
    const moments = (matches: (text: string) => boolean) =>
      account.journal.entries.flatMap((entry) => (entry.kind === 'change' && matches(entry.detail) ? [entry.at] : []));
    const ended = moments((text) => text.startsWith('Failed: '))[0] ?? Number.NaN;
    const stopped = moments((text) => text.startsWith('stopping'))[0] ?? Number.NaN;
    expect(stopped).toBeGreaterThan(ended);
  });
});

describe.each(['CheckReadinessFunction', 'UpdateAgentFunction', 'VerifyVersionsFunction'])(
  'a %s that is broken for good',
  (victim) => {
    it('fails the run, and every instance is restored as it was', async () => {
      const { broken, report, of } = await tell(pair, { wrap: fails(victim, 'Runtime.ImportModuleError') });

      expect(broken).toEqual([]);
      expect(report.status).toBe('failed');
      expect(of('web-1')).toMatchObject({ outcome: 'failed', finalState: 'stopped' });
      expect(of('web-1').reason?.text).toContain('Runtime.ImportModuleError');
      expect(of('shop')).toMatchObject({ outcome: 'failed', finalState: 'running' });
    });

    it('only for a while is not noticed', async () => {
      const { broken, report } = await tell(pair, {
        wrap: fails(victim, 'Lambda.TooManyRequestsException', (count) => count < 4),
      });

      expect(broken).toEqual([]);
      expect(report.status).toBe('succeeded');
    });
  },
);

describe.each(['ListInstancesFunction', 'StartInstancesFunction', 'UpdateAgentFunction', 'ReportRunFunction'])(
  'a %s whose process dies once',
  (victim) => {
    it.each(['Runtime.ExitError', 'Runtime.UnhandledPromiseRejection'])(
      'is tried again when Lambda calls it %s',
      async (name) => {
        const { broken, report } = await tell(pair, { wrap: fails(victim, name, (count) => count === 1) });

        expect(broken).toEqual([]);
        expect(report.status).toBe('succeeded');
      },
    );
  },
);

describe('an UpdateAgent that is broken for good while SSM does not tell what it has done', () => {
  it('acts on no instance again, and the report has the cause', async () => {
    let updates = 0;
    let triesToRecover = 0;
    const isRecovering = () => triesToRecover === 1;
    const wrap: Wrap = (logicalId, handler) => async (event, context) => {
      if (logicalId === 'UpdateAgentFunction' && ++updates === 2) throw failure('Runtime.ImportModuleError');
      if (logicalId === 'RestoreInstancesFunction' && (event as Batch).error !== undefined) triesToRecover++;
      return handler(event, context);
    };
    const { broken, of } = await tell(aFleet({ dev: { current: { agentVersion: LATEST }, web: {} } }), {
      wrap,
      prepare: ({ disturb }) => {
        const matches = (_service: string, operation: string) => operation === 'ListCommands' && isRecovering();
        disturb({ matches, error: 'throttled' });
      },
    });

    expect(broken).toEqual([]);
    // Meanwhile `current` is restored, so the first try does not fail the execution; the second one comes a pass later.
    expect([updates, triesToRecover]).toEqual([2, 2]);
    expect(of('current')).toMatchObject({ outcome: 'already-current', finalState: 'stopped' });
    expect(of('web')).toMatchObject({ outcome: 'failed', reason: { code: 'step-failed' }, finalState: 'stopped' });
    expect(of('web').reason?.text).toContain('Runtime.ImportModuleError');
  });
});

describe('a RestoreInstances that fails for a while', () => {
  it('is tried longer than anything else', async () => {
    const { broken, report } = await tell(pair, {
      wrap: fails('RestoreInstancesFunction', 'Runtime.ExitError', (count) => count < 6),
    });

    expect(broken).toEqual([]);
    expect(report.status).toBe('succeeded');
  });
});

describe('a RestoreInstances that is broken for good', () => {
  it('leaves the leases as claims, and the report says so of each instance', async () => {
    // It tries the way back once, and is dead when it has to be gone.
    const { broken, of, report, account } = await tell(pair, {
      wrap: fails('RestoreInstancesFunction', 'Runtime.ExitError', (count) => count > 1),
    });

    expect(report.status).toBe('failed');
    expect(of('web-1')).toMatchObject({ outcome: 'failed', reason: { code: 'no-result' }, finalState: 'running' });
    expect(broken.some((text) => text.startsWith('no lease is left'))).toBe(true);
    expect([...account.world.machines.values()].filter(({ tags }) => tags.has('reveille:lease'))).toHaveLength(2);
  });
});

describe('a RestoreInstances that never works', () => {
  it('lets nothing be woken: what could not be put back is not started', async () => {
    const { of, report, calls } = await tell(pair, { wrap: fails('RestoreInstancesFunction', 'Runtime.ExitError') });

    expect(report.status).toBe('failed');
    expect(of('web-1')).toMatchObject({ outcome: 'failed', finalState: 'stopped', wokenAt: null });
    expect(calls('StartInstances')).toEqual([]);
  });
});

describe('a ReportRun that fails', () => {
  it('ends the execution as ReportFailed, after every instance has been restored', async () => {
    await expect(tell(pair, { wrap: fails('ReportRunFunction', 'Runtime.ExitError') })).rejects.toThrow(/ReportFailed/);
  });
});
