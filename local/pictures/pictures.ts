import { demoFlags, toArguments } from '../demo/demo-flags.ts';
import { demo } from '../demo/run-demo.ts';
import { readAnsi } from './ansi-text.ts';
import { drawScreen, type Screen } from './draw-screen.ts';
import { themes } from './themes.ts';

/** Where the pictures are, from the root of the repository. */
export const FOLDER = 'docs/pictures';

/** All pictures of the docs, by path from the root: each in light and in dark. */
export async function pictures(): Promise<Map<string, string>> {
  const screens: [string, Screen][] = [['demo', await demoScreen()]];
  return new Map(
    screens.flatMap(([name, screen]) =>
      Object.entries(themes).map(([theme, look]): [string, string] => [
        `${FOLDER}/${name}-${theme}.svg`,
        drawScreen(screen, look),
      ]),
    ),
  );
}

const COLUMNS = 100;

/** What the real time of each demo would change from picture to picture: it takes about so long. */
const DEMO_MILLISECONDS = 2000;

/** The end of what the demo prints. */
async function demoScreen(): Promise<Screen> {
  const texts: string[] = [];
  const errors: string[] = [];
  const times = [0, DEMO_MILLISECONDS];
  const code = await demo(toArguments(demoFlags.parse({}), '.'), {
    out: (text) => texts.push(text),
    error: (text) => errors.push(text),
    columns: COLUMNS,
    directory: '.',
    save: () => undefined,
    elapsed: () => times.shift() ?? DEMO_MILLISECONDS,
  });
  if (code !== 0) throw new Error(`the demo ended with ${code}, and is no picture: ${errors.join('\n')}`);
  // Its last screen is one text.
  return { title: 'How npm run demo ends', lines: readAnsi(texts.slice(-1).join('\n').trim()) };
}
