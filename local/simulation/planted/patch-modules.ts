import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';

/**
 * Changes texts of the project as this process loads them from now on: modules through node's own hooks, and other files (the
 * state machine, the template) where they are read. The files themselves stay as they are.
 * @param changes by the file's URL
 */
export function patchModules(changes: Map<string, (text: string) => string>): void {
  const patched = (url: string, text: string): string => changes.get(url)?.(text) ?? text;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!changes.has(url)) return loaded;
      const text =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: patched(url, text) };
    },
  });
  const read = fs.readFileSync;
  fs.readFileSync = ((path: string | URL, ...options: [never]) => {
    const content = read(path, ...options);
    const url = path instanceof URL ? path.href : '';
    // Node reads modules in the same way, and those are the hook's.
    return changes.has(url) && !url.endsWith('.ts') ? patched(url, String(content)) : content;
  }) as typeof fs.readFileSync;
  syncBuiltinESMExports();
}
