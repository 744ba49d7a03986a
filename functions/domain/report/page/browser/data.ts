import type { TableData } from '../drawing/table-data.ts';

export type Words = TableData['words'][string];

/** One instance, with all that the table needs of it. */
export interface Row {
  id: string;
  name: string;
  group: string;
  /** As EC2 calls it. */
  platform: string | null;
  outcome: string;
  /** Of its outcome, in the order of the table. */
  place: number;
  was: string | null;
  is: string | null;
  before: string | null;
  after: string | null;
  awake: number | null;
  done: string;
  code: string | null;
  /** Its place among the reasons; -1: it has none. */
  reason: number;
  text: string;
}

export interface Data extends Omit<TableData, 'rows'> {
  rows: Row[];
}

export function readData(): Data {
  const data = JSON.parse(find('#data').textContent ?? '') as TableData;
  return { ...data, rows: data.rows.map((row) => toRow(row, data)) };
}

/** An element of the page that is always there. */
export function find<E extends HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (found === null) throw new TypeError(selector);
  return found;
}

function toRow(
  row: TableData['rows'][number],
  { groups, platforms, outcomes, states, versions, reasons }: TableData,
): Row {
  const [id, name, group, platform, outcome, was, is, before, after, awake, done, reason] = row;
  const [code = null, text = ''] = reasons[reason] ?? [];
  return {
    id,
    name: name === '' ? id : name,
    group: groups[group] ?? '',
    platform: platforms[platform] ?? null,
    outcome: outcomes[outcome] ?? '',
    place: outcome,
    was: states[was] ?? null,
    is: states[is] ?? null,
    before: versions[before] ?? null,
    after: versions[after] ?? null,
    awake,
    done,
    code,
    reason,
    text,
  };
}
