import { type Marker, parseMarker, UNMARKED } from './markers.ts';

/** Commands that a page shows in a console. */
export interface Block {
  page: string;
  /** The line of the page on which its first command stands; from 1. */
  line: number;
  text: string;
  marker: Marker;
}

/** In a list it is indented. */
const CONSOLE = /^ *(?:<!-- (.+) -->\n *)?```console\n([\s\S]*?)^ *```$/gm;

/**
 * The blocks of a page, in their order.
 * @throws Error, with the place, for a comment before a block that says nothing known
 */
export const blocksOf = (page: string, text: string): Block[] =>
  [...text.matchAll(CONSOLE)].map(({ 0: whole, 1: comment, 2: commands = '', index }) => {
    const line = text.slice(0, index + whole.indexOf('```console')).split('\n').length + 1;
    try {
      return { page, line, text: commands, marker: comment === undefined ? UNMARKED : parseMarker(comment) };
    } catch (error) {
      throw new Error(`${page}:${line}: ${(error as Error).message}`);
    }
  });

/** Commands in the middle of a sentence, and in the cells of a table. */
export const inlineCommandsOf = (page: string, text: string): Block[] =>
  text.split('\n').flatMap((row, index) =>
    [...row.matchAll(/`((?:npm|npx|sam) [^`]+)`/g)].map(([, command = '']) => ({
      page,
      line: index + 1,
      // In a table a pipe has to be escaped.
      text: command.replaceAll('\\|', '|'),
      marker: { ...UNMARKED, notRun: 'it stands in a sentence' },
    })),
  );
