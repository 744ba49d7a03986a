import type { Call, Rows } from '../operation.ts';
import { type Filter, passes } from './command-filters.ts';

/** One of thousands, on an instance that is none of the fleet's. */
function describeOpen(index: number, now: number) {
  const requestedAt = now - 60_000;
  const digits = index.toString(16).padStart(8, '0');
  const status = 'InProgress';
  return {
    CommandId: `${digits}-0000-4000-8000-000000000000`,
    InstanceId: `mi-${digits.padStart(17, '0')}`,
    Comment: '',
    DocumentName: 'AWS-RunShellScript',
    RequestedDateTime: requestedAt / 1000,
    Status: status,
    StatusDetails: status,
    CommandPlugins: [],
  };
}

/** The open commands of others, which are newer than all; they are made when their page is asked for. */
export function afterOthers<T>(
  { openCommandsOfOthers, now }: Pick<Call, 'openCommandsOfOthers' | 'now'>,
  found: T[],
  filters: Filter[],
): Rows<T | ReturnType<typeof describeOpen>> {
  const sample = { requestedAt: now - 60_000, documentName: 'AWS-RunShellScript', status: 'InProgress' };
  const count = passes({ ...sample, statusDetails: 'InProgress' }, filters) ? openCommandsOfOthers : 0;
  return {
    length: count + found.length,
    slice(first, next) {
      const others = Array.from({ length: Math.max(0, Math.min(next, count) - first) }, (_, at) =>
        describeOpen(first + at, now),
      );
      return [...others, ...found.slice(Math.max(0, first - count), Math.max(0, next - count))];
    },
  };
}
