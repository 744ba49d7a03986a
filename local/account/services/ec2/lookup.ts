import { ServiceError } from '../../wire/service-error.ts';
import type { Machine } from '../../world/machine.ts';
import type { Call } from '../operation.ts';

/** What AWS takes for an instance ID. */
const WELL_FORMED = /^i-([0-9a-f]{8}|[0-9a-f]{17})$/;

const quoted = (ids: string[]) => (ids.length === 1 ? `ID '${ids[0]}' does` : `IDs '${ids.join(', ')}' do`);

/** The machines of these IDs. @throws as EC2 does for IDs that are malformed or unknown */
export function findMachines({ world }: Pick<Call, 'world'>, ids: string[]): Machine[] {
  const unknown = ids.filter((id) => !world.machines.has(id));
  const malformed = unknown.find((id) => !WELL_FORMED.test(id) && !world.ghosts.has(id));
  if (malformed !== undefined) throw new ServiceError('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  if (unknown.length > 0) throw notFound(unknown);
  return ids.flatMap((id) => world.machines.get(id) ?? []);
}

export const notFound = (ids: string[]) =>
  new ServiceError('InvalidInstanceID.NotFound', `The instance ${quoted(ids)} not exist`);

const FILTER_VALUES_MAX = 200;

export interface Filter {
  Name: string;
  Value: string[];
}

const FILTERS = new Set(['instance-id', 'instance-state-name', 'tag-key']);

/** @throws as EC2 does for filters that it does not know, or that have too many values */
export function assertFilters(filters: Filter[]): void {
  for (const { Name } of filters) {
    if (!FILTERS.has(Name) && !Name.startsWith('tag:')) {
      throw new ServiceError('InvalidParameterValue', `The filter '${Name}' is invalid`);
    }
  }
  const values = filters.reduce((sum, { Value }) => sum + Value.length, 0);
  if (values <= FILTER_VALUES_MAX) return;
  const message = `The maximum number of filter values specified on a single call is ${FILTER_VALUES_MAX}`;
  throw new ServiceError('FilterLimitExceeded', message);
}

/** Whether a machine passes all filters; in one filter, any value will do. */
export function passes(machine: Machine, state: string, tags: ReadonlyMap<string, string>, filters: Filter[]): boolean {
  return filters.every(({ Name, Value }) => {
    if (Name === 'instance-id') return Value.includes(machine.id);
    if (Name === 'instance-state-name') return Value.includes(state);
    if (Name === 'tag-key') return Value.some((key) => tags.has(key));
    const value = tags.get(Name.slice('tag:'.length));
    return value !== undefined && Value.includes(value);
  });
}
