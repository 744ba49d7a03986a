import { type Data, find, type Words } from './data.ts';

/** Shows the page in the language of the reader, and in the other one when asked. */
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
  if (navigator.language.startsWith('ja')) change();
  else shown('en');
}
