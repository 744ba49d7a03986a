import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

export const PAGE_ASSETS = 'functions/domain/report/page/markup/assets.ts';

const BROWSER = new URL('../../functions/domain/report/page/browser/', import.meta.url);

/** Style sheets and script of the report's page as the code takes them: as texts, since no file is read where it is deployed. */
export const pageAssetsText = (): string =>
  [
    '// Made by npm run generate from functions/domain/report/page/browser.',
    `export const STYLE = ${JSON.stringify(styleOf())};`,
    '',
    `export const SCRIPT = ${JSON.stringify(build('page.ts'))};`,
    '',
  ].join('\n');

/** In this order: what is narrow or printed has the last word. */
const SHEETS = ['base', 'front', 'causes', 'timeline', 'table', 'narrow', 'print'];

const styleOf = (): string => SHEETS.map((sheet) => build(`styles/${sheet}.css`)).join('');

/** Browsers of two years are enough: the page is read by those who run AWS. */
const TARGET = ['chrome120', 'firefox121', 'safari17.4'];

function build(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(entry, BROWSER))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text.trim() ?? '';
}
