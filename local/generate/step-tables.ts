// What an instance of a batch carries at which step, as its schemas say it.
import { batchInstanceSchema } from '../../functions/domain/batch/batch-instance.ts';
import { endsFields } from '../../functions/domain/model/run.ts';

const options = batchInstanceSchema.in.options;

type KeyOf<Shape> = Shape extends unknown ? keyof Shape : never;
type Field = Exclude<KeyOf<(typeof options)[number]['shape']>, 'step' | 'instanceId'>;

/** In the order of the table. */
const MEANINGS: Record<Field, string> = {
  originalState: 'how it was when it was listed',
  stepSince: 'since when it stands at this step',
  sendUntil: 'after it nothing is sent to it',
  stopUntil: 'after it nothing stops it',
  zone: 'its Availability Zone',
  unseenSince: 'since when EC2 has shown nothing of it',
  unseenAs: 'and why: it does not know the ID, or does not answer for it',
  owner: 'who has started it, with our attempts',
  sightings: 'what was seen of its start',
  refusedStarts: 'how often EC2 refused its start',
  retryAt: 'before it no start, or no command',
  lastRefusal: 'what EC2 or SSM last refused for it',
  lastError: 'the call and the code of that',
  launchTime: 'of the boot in which its agent was heard',
  versionBefore: 'what its agent said then',
  heardAt: 'when its agent said its version last',
  commands: 'those that it was sent, maybe none',
  otherUpdateSince: 'its agent was busy with an update of others',
  hasRefusedTarget: 'its agent called the target older',
  versionAfter: 'what its agent said last',
  said: 'what AWS said when it failed',
  outcome: 'how the work ended',
  reason: 'why, if not all went as it should',
  strayUntil: 'a step has failed: a Lambda of it may act until then',
  stopAcceptedAt: 'when EC2 took our stop',
  otherActivitySince: 'someone else has kept it awake',
  finalState: 'how it was seen last',
  restoredAt: 'when it was seen back as it was',
};

const stepOf = ({ shape }: (typeof options)[number]): string => shape.step.value;

export const STEPS_HEAD = `| field | what it says | ${options.map((option) => `\`${stepOf(option)}\``).join(' | ')} |
| --- | --- |${' --- |'.repeat(options.length)}
`;

export const stepRows = (): string =>
  Object.entries(MEANINGS)
    .map(([field, meaning]) => {
      const cells = options.map((option) => cell(option.shape, field));
      return `| \`${field}\` | ${meaning} | ${cells.join(' | ')} |`;
    })
    .join('\n');

/** An end that a payload lacks is made when it is parsed. */
function cell(shape: (typeof options)[number]['shape'], field: string): string {
  const schema = Object.entries(shape).find(([name]) => name === field)?.[1];
  if (schema === undefined) return '–';
  if (schema.safeParse(null).success) return 'or null';
  const { success, data } = schema.safeParse(undefined);
  return success && data === undefined && !(field in endsFields) ? 'or missing' : 'always';
}
