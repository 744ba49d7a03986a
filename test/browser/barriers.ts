import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string | null;
  help: string;
  nodes: { target: string[]; html: string }[];
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What keeps a person from reading or using the page, as axe finds it. */
export async function findBarriers(tab: Page): Promise<string[]> {
  await tab.evaluate(axe);
  const found = (await tab.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as Violation[];
  return found.map(({ id, impact, help, nodes }) => {
    const [first] = nodes;
    return `${impact} ${id}: ${help} (${nodes.length}, such as ${first?.target.join(' ')} ${first?.html.slice(0, 160)})`;
  });
}
