import fc from 'fast-check';
import { executionInputSchema, listRequestSchema } from '../../../../functions/domain/listing/execution-input.ts';
import {
  childArn,
  executionArn,
  parseExecutionArn,
  parseStateMachineArn,
} from '../../../../functions/domain/model/execution-arn.ts';
import { GROUPS_MAX } from '../../../../functions/domain/model/limits.ts';
import { stamp, TARGET } from '../../../support/builders.ts';

const accepts = (input: unknown): boolean => executionInputSchema.safeParse(input).success;

describe('the input of an execution', () => {
  it('may be empty: the deployed defaults are taken', () => {
    expect(executionInputSchema.parse({})).toEqual({});
  });

  it('may say everything', () => {
    const input = {
      groups: ['dev', 'prod'],
      targetVersion: TARGET,
      dryRun: true,
      allowEmpty: false,
      scheduledTime: '2026-12-06T02:00:00Z',
    };
    expect(executionInputSchema.parse(input)).toEqual(input);
  });

  it.each([null, {}, { Comment: 'Insert your JSON here' }])(
    '%j is an empty one, as people and the console give it',
    (input) => {
      const request = { listing: 0, executionArn: 'arn', startedAt: stamp('02:00') };
      expect(listRequestSchema.parse({ ...request, input }).input).toEqual({});
    },
  );

  it.each([[[]], [['web', 'web']], ['web'], [['']], [Array.from({ length: 51 }, (_, index) => `web-${index}`)]])(
    'may not name the instances %j',
    (instances) => {
      expect(accepts({ instances })).toBe(false);
    },
  );

  it.each(['latest', '3.3.551.0', '0.0.0.0'])('may aim at %s', (targetVersion) => {
    expect(accepts({ targetVersion })).toBe(true);
  });

  it.each(['', 'newest', '3.3.551', '3.3.551.0.1', 'v3.3.551.0', '3.3.551.x', ' 3.3.551.0', 3])(
    'may not aim at %j',
    (targetVersion) => {
      expect(accepts({ targetVersion })).toBe(false);
    },
  );

  it.each<[string, unknown]>([
    ['an unknown field', { group: 'dev' }],
    ['no group at all', { groups: [] }],
    ['a group without a name', { groups: [''] }],
    ['the same group twice', { groups: ['dev', 'prod', 'dev'] }],
    ['one text for a list of groups', { groups: 'dev' }],
    ['a word for yes', { dryRun: 'yes' }],
    ['nothing that is an object', 'dev'],
    ['null', null],
  ])('is refused with %s', (_what, input) => {
    expect(accepts(input)).toBe(false);
  });

  it(`may name ${GROUPS_MAX} groups and no more`, () => {
    const groups = Array.from({ length: GROUPS_MAX + 1 }, (_, index) => `group-${index}`);
    expect(accepts({ groups: groups.slice(1) })).toBe(true);
    expect(accepts({ groups })).toBe(false);
  });

  it('is told what was expected', () => {
    expect(executionInputSchema.safeParse({ targetVersion: 'new' }).error?.message).toContain('3.3.551.0');
    expect(executionInputSchema.safeParse({ groups: ['a', 'a'] }).error?.message).toContain('each group once');
  });
});

describe('a request to list', () => {
  const request = { input: {}, listing: 0, executionArn: 'arn', startedAt: stamp('02:00') };

  it('carries the input and how many listings there have been', () => {
    expect(listRequestSchema.parse(request)).toEqual({ ...request, silentSince: {} });
  });

  it.each([{ listing: -1 }, { listing: 0.5 }, { startedAt: 'now' }, { input: { group: 'dev' } }])(
    'is refused with %j',
    (changes) => {
      expect(listRequestSchema.safeParse({ ...request, ...changes }).success).toBe(false);
    },
  );
});

describe('the ARN of an execution', () => {
  it('tells region, account, state machine and run', () => {
    expect(parseExecutionArn('arn:aws:states:eu-central-1:123456789012:execution:reveille:run-1')).toEqual({
      partition: 'aws',
      region: 'eu-central-1',
      account: '123456789012',
      stateMachine: 'reveille',
      runId: 'run-1',
    });
  });

  it('may be of another partition', () => {
    const arn = 'arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:reveille:run-1';
    expect(parseExecutionArn(arn)).toMatchObject({ region: 'us-gov-west-1', runId: 'run-1' });
  });

  it.each([
    ['a state machine', 'arn:aws:states:eu-central-1:123456789012:stateMachine:reveille'],
    ['a child of a map', 'arn:aws:states:eu-central-1:123456789012:execution:reveille/Batches:0f0f'],
    ['an express execution', 'arn:aws:states:eu-central-1:123456789012:express:reveille:run-1:0f0f'],
    ['a short account', 'arn:aws:states:eu-central-1:12345:execution:reveille:run-1'],
    ['an execution without a name', 'arn:aws:states:eu-central-1:123456789012:execution:reveille:'],
    ['more after the name', 'arn:aws:states:eu-central-1:123456789012:execution:reveille:run-1:more'],
    ['nothing', ''],
  ])('is not that of %s', (_what, arn) => {
    expect(parseExecutionArn(arn)).toBeNull();
  });

  it('gives back the names that it was made of', () => {
    const name = fc.stringMatching(/^[\w-]{1,80}$/);
    fc.assert(
      fc.property(name, name, (stateMachine, runId) => {
        const arn = `arn:aws:states:eu-central-1:123456789012:execution:${stateMachine}:${runId}`;
        expect(parseExecutionArn(arn)).toMatchObject({ stateMachine, runId });
      }),
    );
  });
});

describe('the ARNs of a state machine', () => {
  const names = {
    partition: 'aws-cn',
    region: 'cn-north-1',
    account: '123456789012',
    stateMachine: 'reveille-update-agents',
  };

  it('tells the same names as those of its executions, but for the run', () => {
    const arn = 'arn:aws-cn:states:cn-north-1:123456789012:stateMachine:reveille-update-agents';
    expect(parseStateMachineArn(arn)).toEqual(names);
  });

  it.each([
    ['an execution', 'arn:aws:states:eu-central-1:123456789012:execution:reveille:run-1'],
    ['a version of one', 'arn:aws:states:eu-central-1:123456789012:stateMachine:reveille:1'],
    ['a short account', 'arn:aws:states:eu-central-1:12345:stateMachine:reveille'],
    ['a map run', 'arn:aws:states:eu-central-1:123456789012:mapRun:reveille/Batches:0f0f'],
    ['something before it', 'x arn:aws:states:eu-central-1:123456789012:stateMachine:reveille'],
    ['nothing', ''],
  ])('is not that of %s', (_what, arn) => {
    expect(parseStateMachineArn(arn)).toBeNull();
  });

  it('makes that of a run, which reads as it was made', () => {
    const arn = executionArn({ ...names, runId: 'run-1' });
    expect(arn).toBe('arn:aws-cn:states:cn-north-1:123456789012:execution:reveille-update-agents:run-1');
    expect(parseExecutionArn(arn)).toEqual({ ...names, runId: 'run-1' });
  });

  it('makes that of a child, with the label of the map, which is none of a run', () => {
    const arn = childArn({ ...names, child: 'child-1' });
    expect(arn).toBe(
      'arn:aws-cn:states:cn-north-1:123456789012:execution:reveille-update-agents/UpdateBatches:child-1',
    );
    expect(parseExecutionArn(arn)).toBeNull();
  });
});
