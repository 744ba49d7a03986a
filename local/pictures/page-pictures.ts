import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { drawPage } from '../../functions/domain/report/page/drawing/draw-page.ts';
import { pageReportSchema } from '../../functions/domain/report/page/facts/page-report.ts';
import type { Language } from '../../functions/domain/words/words.ts';
import { readFleet } from '../account/fleet/fleet.ts';
import { simulate } from '../run/simulated-run.ts';
import { CHROMIUM_ARGUMENTS } from './chromium.ts';
import { FOLDER } from './pictures.ts';

const LANGUAGES: Language[] = ['en', 'ja'];

const THEMES = ['light', 'dark'] as const;

type Part = 'head' | 'timeline';

const PARTS: Part[] = ['head', 'timeline'];

/** In pixels: as wide as the page is with margins, and down to the first failures. */
const SIZE = { width: 1200, height: 830 };

const MARGIN = 24;

/** Bytes: more is too much to wait for on a page of text. */
export const PICTURE_BYTES_MAX = 300_000;

const pathOf = (part: Part, language: Language, theme: string) => `${FOLDER}/report-${part}-${language}-${theme}.png`;

/** Where the pictures of a report's page are, from the root of the repository. */
export const pagePicturePaths = (): string[] =>
  PARTS.flatMap((part) => LANGUAGES.flatMap((language) => THEMES.map((theme) => pathOf(part, language, theme))));

/**
 * The page of the night of troubles, as it is seen first, and its timeline. Each browser and its fonts paint other pixels, so
 * these pictures are made anew on purpose only.
 * @param executablePath of a Chromium
 * @throws if a picture is too large
 */
export async function photographPage(executablePath: string): Promise<Map<string, Buffer>> {
  const { report } = await simulate({ fleet: readFleet(NIGHT_OF_TROUBLES), seed: 1 });
  const parsed = pageReportSchema.parse(report);
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
  const taken = new Map<string, Buffer>();
  try {
    for (const language of LANGUAGES) {
      const page = drawPage(parsed, [], { language, hash: sha256 });
      for (const theme of THEMES) {
        const tab = await browser.newPage({ viewport: SIZE, colorScheme: theme });
        await tab.setContent(page);
        taken.set(pathOf('head', language, theme), await tab.screenshot());
        taken.set(pathOf('timeline', language, theme), await photographTimeline(tab));
        await tab.close();
      }
    }
  } finally {
    await browser.close();
  }
  const large = [...taken].filter(([, { length }]) => length > PICTURE_BYTES_MAX).map(([path]) => path);
  if (large.length > 0) throw new Error(`too large for a page of text: ${large.join(', ')}`);
  return taken;
}

async function photographTimeline(tab: Page): Promise<Buffer> {
  const { x, y, width, height } = (await tab.locator('#timeline').boundingBox()) ?? { x: 0, y: 0, ...SIZE };
  const clip = { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
  return tab.screenshot({ fullPage: true, clip });
}

const NIGHT_OF_TROUBLES = fileURLToPath(new URL('../../fleets/dev-and-prod.json', import.meta.url));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
