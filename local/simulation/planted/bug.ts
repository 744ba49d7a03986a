/** A change of one text of the project, as it is loaded: the file itself stays as it is. */
export interface Patch {
  /** Relative to the project. */
  file: string;
  /** Stands in it exactly once. */
  find: string;
  replace: string;
}

/** A bug on purpose, to see whether the checkers find it. */
export interface PlantedBug {
  name: string;
  what: string;
  /** The first one is the bug; the others take away what else would keep it from doing harm. */
  patches: [Patch, ...Patch[]];
}

/** A patch that does not fit the project as it is: the bug would not be planted at all. */
export class PatchDoesNotFit extends Error {
  constructor(name: string, { file, find }: Patch, count: number) {
    super(`planted bug ${name}: this stands ${count} times in ${file}, and not once:\n${find}`);
    this.name = 'PatchDoesNotFit';
  }
}

/** @throws PatchDoesNotFit */
export function applyPatch(name: string, patch: Patch, text: string): string {
  const parts = text.split(patch.find);
  if (parts.length !== 2) throw new PatchDoesNotFit(name, patch, parts.length - 1);
  return parts.join(patch.replace);
}
