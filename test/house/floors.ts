import { dirname } from 'node:path';
import { filesImportedBy, type Source } from './sources.ts';

/** The rooms (folders) with their floors, from the lowest to the highest. */
export type Floors = Map<string, number>;

const ROW = /^\| ([FL]\d+) \|(.*?)\|/gm;

/** The table of rooms in ARCHITECTURE.md is the list of floors: there is no other. Its rows go from the lowest floor up. */
export function readFloors(page: string): Floors {
  const rows = [...page.matchAll(ROW)].map(([, name = '', rooms = '']) => ({ name, rooms }));
  const names = [...new Set(rows.map(({ name }) => name))];
  return new Map(
    rows.flatMap(({ name, rooms }) =>
      [...rooms.matchAll(/`([^`]+)`/g)].map(([, room = '']) => [room.replace(/\/$/, ''), names.indexOf(name)] as const),
    ),
  );
}

/** Why a file stands wrong: in a room without a floor, or above what it should not reach up to. */
export function judgeFloors(sources: Source[], floors: Floors): string[] {
  const homeless = new Set(sources.map(({ file }) => dirname(file)).filter((room) => !floors.has(room)));
  return [
    ...[...homeless].map(
      (room) =>
        `${room}/ has no floor: write it into the table of rooms in ARCHITECTURE.md, above all that it imports.`,
    ),
    ...sources.flatMap((source) => upwardImports(source, floors, homeless)),
  ];
}

function upwardImports(source: Source, floors: Floors, homeless: Set<string>): string[] {
  const room = dirname(source.file);
  const own = floors.get(room);
  if (own === undefined) return [];
  return filesImportedBy(source).flatMap((imported) => {
    const other = dirname(imported);
    const floor = floors.get(other);
    if (other === room || homeless.has(other) || (floor !== undefined && floor < own)) return [];
    return [
      `${source.file} imports ${imported}, and ${other}/ is not on a lower floor than ${room}/ (table of rooms in ` +
        'ARCHITECTURE.md): move what both need to a room below, or pass it in as a parameter.',
    ];
  });
}
