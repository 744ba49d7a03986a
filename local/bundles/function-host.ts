import { pathToFileURL } from 'node:url';
import type { Answer, Invocation } from './function-process.ts';

/**
 * Stands in a process of its own for what Lambda's runtime does: loads the bundle, says that it is ready, and then hands
 * each invocation to its handler. Knows nothing of the account; where that is, the environment says.
 */
const [file = '', handlerName = ''] = process.argv.slice(2);

const { [handlerName]: handler } = (await import(pathToFileURL(file).href)) as Record<string, unknown>;

if (typeof handler !== 'function') throw new Error(`${file} exports no function "${handlerName}"`);

const tell = (answer: Answer) => process.send?.(answer);

process.on('message', async ({ event, requestId, timeoutSeconds }: Invocation) => {
  // By the clock of this process, which is the account's.
  const deadline = Date.now() + timeoutSeconds * 1000;
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    tell({ kind: 'reply', reply: await handler(event, context) });
  } catch (error) {
    const { name, message } = error as Error;
    tell({ kind: 'error', name, message });
  }
});

tell({ kind: 'ready' });
