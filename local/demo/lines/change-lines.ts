import { styleText } from 'node:util';
import type { InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import type { Manifest } from '../../../functions/domain/listing/manifest.ts';
import { wokenAtOf } from '../../../functions/domain/ownership/owner.ts';
import { printable } from '../../base/printable.ts';
import type { RunEvent } from './follow-run.ts';
import type { Names } from './names.ts';

type Format = Parameters<typeof styleText>[0];

const WORDS: Record<string, { word: string; format: Format }> = {
  updated: { word: 'updated', format: 'green' },
  'already-current': { word: 'current', format: 'green' },
  failed: { word: 'failed', format: 'red' },
  excluded: { word: 'left-out', format: 'yellow' },
};

const WORD_COLUMNS = 9;

/** The time of day of a moment, as a line begins with it. */
export const timeOf = (at: number): string => styleText('dim', new Date(at).toISOString().slice(11, 19));

/**
 * One line for each change of an instance: `TIME WORD ID group/name key=value … text="…"`. What is done is counted.
 * @returns the lines of one event, none for what is no news
 */
export function createChangeLines(names: Names): (event: RunEvent) => string[] {
  let done = 0;

  const line = (at: number, word: string, format: Format, rest: string) =>
    `${timeOf(at)} ${styleText(format, word)}${' '.repeat(Math.max(1, WORD_COLUMNS - word.length))}${rest}`;
  const about = (instanceId: string) => `${instanceId} ${names.labelOf(instanceId)}`;

  function listed(at: number, { instances }: Manifest): string[] {
    return [
      line(at, 'listed', 'bold', countsOf(instances)),
      ...instances
        .filter(({ decision }) => decision === 'excluded')
        .map(({ instanceId, reason }) =>
          line(at, 'left-out', 'yellow', [about(instanceId), ...told(reason)].join(' ')),
        ),
    ];
  }

  function settled(at: number, instance: InstanceAt<'settled'>): string {
    done += 1;
    const { word, format } = WORDS[instance.outcome ?? 'failed'] ?? { word: 'failed', format: 'red' };
    const facts = [...endOf(instance), `done=${done}`, ...told(instance.reason)];
    return line(at, word, format, [about(instance.instanceId), ...facts].join(' '));
  }

  return (event) => {
    switch (event.kind) {
      case 'listed':
        return listed(event.at, event.manifest);
      case 'woken':
        return [line(event.at, 'woken', 'cyan', about(event.instanceId))];
      case 'updating': {
        const { at, instanceId, version, target } = event;
        return [line(at, 'updating', 'blue', `${about(instanceId)} version=${version}>${target}`)];
      }
      case 'settled':
        return [settled(event.at, event.instance)];
      default:
        return [];
    }
  };
}

/** What a run is going to do with the instances of its groups. */
export function countsOf(instances: Manifest['instances']): string {
  const takingPart = instances.filter(({ decision }) => decision === 'take-part');
  const running = takingPart.filter(({ originalState }) => originalState === 'running').length;
  return `intended=${instances.length} wake=${takingPart.length - running} update=${running} left-out=${instances.length - takingPart.length}`;
}

/** How it ended: the version that its agent said, how long it was awake, and how it stands. */
function endOf({ owner, versionAfter, restoredAt, finalState }: InstanceAt<'settled'>): string[] {
  const awakeSeconds = (Date.parse(restoredAt ?? '') - Date.parse(wokenAtOf(owner) ?? '')) / 1000;
  return [
    ...(versionAfter === null ? [] : [`version=${versionAfter}`]),
    ...(Number.isNaN(awakeSeconds) ? [] : [`awake=${Math.round(awakeSeconds)}s`]),
    `state=${finalState}`,
  ];
}

const told = (reason: InstanceAt<'settled'>['reason']): string[] =>
  reason === null ? [] : [`reason=${reason.code}`, `text=${JSON.stringify(printable(reason.text))}`];
