/** One line of a shell script, as long as its continuations and quotes make it. */
export interface ShellLine {
  /** As it is written, without its comment. */
  text: string;
  /** The simple commands in it, each as its words: quotes, redirections, assignments and keywords are gone. */
  commands: string[][];
}

const KEYWORDS = new Set(['until', 'while', 'do', 'done', 'if', 'then', 'else', 'fi', '!']);

const ASSIGNMENT = /^\w+=/;

/**
 * Reads a script of the simple kind that pages show: commands, quotes, pipes, lists, loops, redirections and comments. Of
 * nothing else is it known what it means (here-documents, substitutions of commands), so it stays in a word as it is.
 */
export function shellLinesOf(script: string): ShellLine[] {
  const lines: ShellLine[] = [];
  let at = 0;
  while (at < script.length) {
    const { line, end } = readLine(script, at);
    if (line.text.trim() !== '') lines.push(line);
    at = end;
  }
  return lines;
}

interface Reading {
  words: string[];
  /** The word that is being read; null between two of them. */
  word: string | null;
  quote: string | null;
  /** The next word is the file of a redirection. */
  isFile: boolean;
}

function readLine(script: string, start: number): { line: ShellLine; end: number } {
  const commands: string[][] = [];
  const reading: Reading = { words: [], word: null, quote: null, isFile: false };
  let text = '';
  let at = start;
  for (; at < script.length; at++) {
    const letter = script[at] ?? '';
    const isComment = letter === '#' && reading.word === null && reading.quote === null;
    if (isComment) at = endOfLine(script, at);
    if ((isComment || letter === '\n') && reading.quote === null) break;
    text += letter;
    if (letter === '\\' && script[at + 1] === '\n') text += script[++at];
    else if (reading.quote === null && /[;&|]/.test(letter)) endCommand(reading, commands);
    else read(reading, letter);
  }
  endCommand(reading, commands);
  return { line: { text: text.trimEnd(), commands }, end: at + 1 };
}

const endOfLine = (script: string, at: number): number => {
  const end = script.indexOf('\n', at);
  return end < 0 ? script.length : end;
};

function read(reading: Reading, letter: string): void {
  if (reading.quote !== null) {
    if (letter === reading.quote) reading.quote = null;
    else reading.word += letter;
  } else if (letter === "'" || letter === '"') {
    reading.quote = letter;
    reading.word ??= '';
  } else if (letter === '>') {
    endWord(reading);
    reading.isFile = true;
  } else if (/\s/.test(letter)) {
    endWord(reading);
  } else {
    reading.word = `${reading.word ?? ''}${letter}`;
  }
}

function endWord(reading: Reading): void {
  if (reading.word === null) return;
  if (!reading.isFile) reading.words.push(reading.word);
  reading.word = null;
  reading.isFile = false;
}

function endCommand(reading: Reading, commands: string[][]): void {
  endWord(reading);
  const first = reading.words.findIndex((word) => !KEYWORDS.has(word) && !ASSIGNMENT.test(word));
  if (first >= 0) commands.push(reading.words.slice(first));
  reading.words = [];
}
