import { bootStories } from './boot-stories.ts';
import { deadRunStories } from './dead-run-stories.ts';
import { failedStepStories } from './failed-step-stories.ts';
import { listingStories } from './listing-stories.ts';
import { lockStories } from './lock-stories.ts';
import { restoreStories } from './restore-stories.ts';
import { runStories } from './run-stories.ts';
import { startStories } from './start-stories.ts';
import type { Kind } from './story.ts';
import { updateStories } from './update-stories.ts';

export const stories: readonly Kind[] = [
  ...listingStories,
  ...startStories,
  ...bootStories,
  ...updateStories,
  ...restoreStories,
  ...runStories,
  ...failedStepStories,
  ...lockStories,
  ...deadRunStories,
];
