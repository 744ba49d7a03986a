import { type Data, find, type Words } from './data.ts';

/** Where a browser keeps what its reader has chosen, for all pages of the same place. */
const CHOSEN = 'reveille-language';

/** Shows the page in the language that the reader has chosen; else in that of the stack, or of the browser where there is no stack. */
export function createLanguages({ words }: Data, onShown: (words: Words) => void): void {
  const page = find('#page');
  const other = find<HTMLTemplateElement>('#other');
  const shown = (language: string) => {
    const own = words[language];
    if (own === undefined) return;
    document.documentElement.lang = language;
    document.title = own.title;
    onShown(own);
    find('.switch').onclick = () => {
      change();
      keep(document.documentElement.lang);
      find('.switch').focus();
    };
  };
  const change = () => {
    const now = document.createDocumentFragment();
    now.append(...page.childNodes);
    page.append(other.content);
    other.content.append(now);
    shown(document.documentElement.lang === 'en' ? 'ja' : 'en');
  };
  const { lang, dataset } = document.documentElement;
  const wanted = kept() ?? dataset['opensIn'] ?? (navigator.language.startsWith('ja') ? 'ja' : 'en');
  if (wanted !== lang) change();
  else shown(lang);
}

/** A browser may keep nothing, such as that of a page in a frame: then each page opens as if none had been chosen. */
function keep(language: string): void {
  try {
    localStorage.setItem(CHOSEN, language);
  } catch {
    return;
  }
}

function kept(): string | null {
  try {
    const language = localStorage.getItem(CHOSEN);
    return language === 'en' || language === 'ja' ? language : null;
  } catch {
    return null;
  }
}
