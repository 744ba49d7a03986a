import { existsSync } from 'node:fs';
import { judgeFloors, readFloors } from './floors.ts';
import { demandNone, inside, read, root } from './sources.ts';

const floors = readFloors(read('ARCHITECTURE.md'));
const housed = [...inside('functions'), ...inside('statemachine'), ...inside('local')];

describe('the floors', () => {
  it('each file imports only from its own room and from lower floors', () => {
    expect(floors.size).toBeGreaterThan(30);
    demandNone(judgeFloors(housed, floors));
  });

  it('no room of the table is empty', () => {
    demandNone(
      [...floors.keys()]
        .filter((room) => !existsSync(new URL(room, root)))
        .map((room) => `${room}/ does not exist: take it out of the table of rooms in ARCHITECTURE.md.`),
    );
  });
});

describe('the rule of floors', () => {
  const table = readFloors('| F1 | `low/` | a |\n| F2 | `left/`, `right/` | b |\n| L1 | `high/` | c |');
  const judge = (file: string, imported: string) =>
    judgeFloors([{ file, text: `import type { A } from '${imported}';` }], table);

  it('reads the floors from the lowest to the highest', () => {
    expect([...table]).toEqual([
      ['low', 0],
      ['left', 1],
      ['right', 1],
      ['high', 2],
    ]);
  });

  it.each([
    ['low/a.ts', './b.ts'],
    ['left/a.ts', '../low/b.ts'],
    ['high/a.ts', '../right/b.ts'],
    ['high/a.ts', 'zod'],
  ])('lets %s import %s', (file, imported) => {
    expect(judge(file, imported)).toEqual([]);
  });

  it.each([
    ['low/a.ts', '../high/b.ts', 'low/a.ts imports high/b.ts, and high/ is not on a lower floor than low/'],
    ['left/a.ts', '../right/b.ts', 'left/a.ts imports right/b.ts, and right/ is not on a lower floor than left/'],
    ['high/a.ts', '../test/b.ts', 'high/a.ts imports test/b.ts, and test/ is not on a lower floor than high/'],
  ])('says where to go with what %s imports from %s', (file, imported, sentence) => {
    expect(() => demandNone(judge(file, imported))).toThrow(sentence);
    expect(() => demandNone(judge(file, imported))).toThrow('move what both need to a room below');
  });

  it('says what to do with a room that has no floor', () => {
    expect(judge('new/a.ts', './b.ts')).toEqual([
      'new/ has no floor: write it into the table of rooms in ARCHITECTURE.md, above all that it imports.',
    ]);
  });
});
