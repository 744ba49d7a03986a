import { html, type Markup } from './html.ts';

/** Signs that stand beside colours: each outcome has a shape of its own. */
export type MarkName = 'updated' | 'already-current' | 'failed' | 'excluded' | 'warning' | 'unknown';

/** Drawn once, for all the places that use them. What they mean is always said in words, too. */
export const marks: Markup = html`<svg class="hidden" aria-hidden="true" focusable="false"><defs>
<symbol id="mark-updated" viewBox="0 0 12 12"><circle cx="6" cy="6" r="5.6" class="full"/><path d="M3.2 6.3 5.2 8.2 8.9 4" class="tick"/></symbol>
<symbol id="mark-already-current" viewBox="0 0 12 12"><circle cx="6" cy="6" r="4.9" class="ring"/><path d="M3.7 6.3 5.3 7.8 8.3 4.4" class="ring"/></symbol>
<symbol id="mark-failed" viewBox="0 0 12 12"><rect x=".4" y=".4" width="11.2" height="11.2" class="bad"/><path d="M3.3 3.3 8.7 8.7M8.7 3.3 3.3 8.7" class="tick"/></symbol>
<symbol id="mark-excluded" viewBox="0 0 12 12"><circle cx="6" cy="6" r="5" class="dashes"/></symbol>
<symbol id="mark-warning" viewBox="0 0 12 12"><path d="M6 .8 11.7 11.3H.3zM6 4.4v3.2M6 8.8v1.2" class="alarm"/></symbol>
<symbol id="mark-unknown" viewBox="0 0 12 12"><circle cx="6" cy="6" r="5" class="dashes"/><path d="M3.5 6h5" class="line"/></symbol>
<pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" class="boot"/><circle cx="2" cy="2" r="1.1" class="dot"/></pattern>
<pattern id="slopes" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" class="pale"/><rect width="1.2" height="4" class="slope"/></pattern>
<pattern id="stripes" width="3" height="3" patternUnits="userSpaceOnUse"><rect width="3" height="3" class="grey"/><rect width="3" height=".8" class="stripe"/></pattern>
</defs></svg>`;

export const mark = (name: MarkName, size = 12): Markup =>
  html`<svg class="mark" width="${size}" height="${size}" viewBox="0 0 12 12" aria-hidden="true"><use href="#mark-${name}"/></svg>`;
