import type { Words } from './data.ts';

const TOLD_MILLISECONDS = 1500;

/** Lets commands be copied, where the browser allows it. */
export function letCopy({ copied }: Words): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('.copy')) {
    if (navigator.clipboard === undefined) {
      button.hidden = true;
      continue;
    }
    const label = button.textContent;
    button.onclick = async () => {
      await navigator.clipboard.writeText(button.previousElementSibling?.textContent ?? '');
      button.textContent = copied;
      setTimeout(() => {
        button.textContent = label;
      }, TOLD_MILLISECONDS);
    };
  }
}
