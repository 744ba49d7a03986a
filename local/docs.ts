import { createAccount } from './account/account.ts';
import { behaviours } from './account/behaviours.ts';
import { mixedFleet } from './mixed-fleet.ts';

const behaviourRows = (): string =>
  Object.entries(behaviours)
    .map(([name, { ends, description }]) => `| \`${name}\` | ${ends} | ${description} |`)
    .join('\n');

function operationRows(): string {
  const account = createAccount({ fleet: mixedFleet(2, 1), seed: 1, now: () => 0 });
  return Object.entries(account.operations())
    .map(([service, names]) => `| ${service} | ${names.map((name) => `\`${name}\``).join(', ')} |`)
    .join('\n');
}

/** The parts of docs/embedded-account.md that the code knows best, by the head of their table. */
const TABLES: Record<string, () => string> = {
  '| behaviour | ends as | what it is |\n| --- | --- | --- |\n': behaviourRows,
  '| service | operations |\n| --- | --- |\n': operationRows,
};

/** The page with its tables drawn anew. */
export function withTables(page: string): string {
  return Object.entries(TABLES).reduce((text, [head, rows]) => {
    const [before = '', after = ''] = text.split(head);
    const rest = after.replace(/^[^\n]+(\n(?=\|)[^\n]+)*/, '');
    return `${before}${head}${rows()}${rest}`;
  }, page);
}
