// What the page does in a browser: language, table, silhouettes, copying. All that it shows stands in the page itself.
import { letCopy } from './copy.ts';
import { readData } from './data.ts';
import { createLanguages } from './languages.ts';
import { letPoint } from './silhouettes.ts';
import { createTable } from './table.ts';

const data = readData();
const table = createTable(data);
createLanguages(data, (words) => {
  for (const part of document.querySelectorAll<HTMLElement>('.script-only:not(#more)')) part.hidden = false;
  table.show(words);
  letPoint(data, words, table);
  letCopy(words);
});
