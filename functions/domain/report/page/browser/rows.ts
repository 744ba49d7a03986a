import type { Data, Row, Words } from './data.ts';
import { durationOf } from './durations.ts';

/** Draws rows element by element: a text stays a text, whatever stands in it. */
export function drawRows(body: HTMLElement, rows: Row[], data: Data, words: Words): void {
  const drawn = document.createDocumentFragment();
  for (const row of rows) drawn.append(drawRow(row, data, words));
  if (rows.length === 0) {
    const none = element('td', { text: words.table.noMatch });
    none.setAttribute('colspan', '8');
    drawn.append(element('tr', { children: [none] }));
  }
  body.replaceChildren(drawn);
}

function drawRow(row: Row, { console, region }: Data, words: Words): HTMLElement {
  const { table, outcomes, reasons } = words;
  const stateOf = (state: string | null) => (state === null ? words.unknownState : (words.states[state] ?? state));
  const link = document.createElement('a');
  link.href = `${console}/ec2/home?region=${encodeURIComponent(region)}#InstanceDetails:instanceId=${encodeURIComponent(row.id)}`;
  link.append(element('bdi', { text: row.name }));
  const platform = row.platform === null ? [] : [' ', element('bdi', { name: 'platform', text: row.platform })];
  const versions = row.before === null && row.after === null ? [] : change(row.before ?? '?', row.after ?? row.before);
  const why =
    row.code === null ? [] : [element('b', { text: reasons[row.reason] ?? row.code }), ' ', english(row.text)];
  return element('tr', {
    name: row.outcome,
    children: [
      element('td', { name: 'who', children: [link, ' ', element('span', { name: 'id', text: row.id })] }),
      element('td', { label: table.group, children: [element('bdi', { text: row.group })] }),
      element('td', { name: 'what', children: [mark(row.outcome), outcomes[row.outcome] ?? row.outcome] }),
      element('td', { children: change(stateOf(row.was), stateOf(row.is)) }),
      element('td', { name: 'versions', children: [...versions, ...platform] }),
      element(
        'td',
        row.awake === null
          ? { name: 'number' }
          : { name: 'number', label: table.awake, text: durationOf(row.awake, words) },
      ),
      element('td', { name: 'number', text: row.done }),
      element('td', { name: 'why', children: why }),
    ],
  });
}

interface Made {
  name?: string;
  text?: string;
  label?: string;
  children?: (Node | string)[];
}

function element(tag: string, { name, text, label, children = [] }: Made): HTMLElement {
  const made = document.createElement(tag);
  if (name !== undefined) made.className = name;
  if (label !== undefined) made.dataset['label'] = label;
  made.append(...(text === undefined ? children : [text]));
  return made;
}

const change = (from: string, to: string | null): (Node | string)[] =>
  to === null || to === from ? [from] : [from, element('span', { name: 'arrow', text: ' → ' }), to];

function english(text: string): HTMLElement {
  const made = element('bdi', { text });
  made.lang = 'en';
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

function mark(outcome: string): SVGElement {
  const drawn = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({
    class: 'mark',
    width: '11',
    height: '11',
    viewBox: '0 0 12 12',
    'aria-hidden': 'true',
  })) {
    drawn.setAttribute(name, value);
  }
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#mark-${outcome}`);
  drawn.append(use);
  return drawn;
}
