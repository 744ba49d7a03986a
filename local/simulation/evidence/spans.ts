import type { ChangeFacts } from '../../account/world/journal.ts';
import { changes, type Evidence } from './evidence.ts';

/** Something that was at work on an instance, from when to when; null: it never ended. */
export interface Span {
  from: number;
  to: number | null;
  id: string | null;
  /** The instance was stopped while it was at work. */
  isInterrupted: boolean;
  /** An update to the version that is there already: it changes nothing. */
  isIdle: boolean;
}

/** Updates, sessions, commands or associations on an instance. */
export function spansOf(
  evidence: Evidence,
  instanceId: string,
  about: 'update' | 'session' | 'command' | 'association',
): Span[] {
  const spans: Span[] = [];
  for (const { at, facts } of changes(evidence, instanceId)) {
    if (facts.about !== about) continue;
    const id = idOf(facts);
    if (facts.phase === 'begin') {
      const isIdle = facts.about === 'update' && facts.target === facts.version;
      spans.push({ from: at, to: null, id, isInterrupted: false, isIdle });
    }
    const open = spans.findLast((span) => span.id === id && span.to === null);
    if (facts.phase !== 'begin' && open !== undefined) {
      open.to = at;
      open.isInterrupted = facts.phase === 'interrupted';
    }
  }
  return spans;
}

function idOf(facts: Extract<ChangeFacts, { about: 'update' | 'session' | 'command' | 'association' }>): string | null {
  switch (facts.about) {
    case 'update':
    case 'command':
      return facts.commandId;
    case 'session':
      return facts.sessionId;
    case 'association':
      return facts.associationId;
  }
}
