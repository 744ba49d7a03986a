import { boundedText } from '../model/plain-text.ts';

/** SNS takes subjects of less than 100 characters (docs/aws-behaviour.md 90). */
export const SUBJECT_LENGTH_MAX = 99;

/** What is sent, before it is put into the form that the topic takes. */
export interface Message {
  /** ASCII, and less than 100 characters (docs/aws-behaviour.md 90). */
  subject: string;
  /** What it came to, what to do, and where the rest is. */
  brief: string;
  /** The same, and then each instance. */
  text: string;
  chat: ChatNotification;
  attributes: MessageAttributes;
}

/** What subscriptions can filter by. */
export interface MessageAttributes {
  /** `restored`: ReconcileLeases has settled what a dead run had left; `open`: it could settle nothing yet, and needs someone. */
  status: 'succeeded' | 'failed' | 'restored' | 'open';
  /** `critical`: an instance is awake that should not be, or AWS refuses its way back. */
  severity: 'info' | 'warning' | 'critical';
}

/** A custom notification of Amazon Q Developer in chat applications, which shows no other text (docs/aws-behaviour.md 92). */
export interface ChatNotification {
  version: '1.0';
  source: 'custom';
  content: { textType: 'client-markdown'; title: string; description: string; nextSteps: string[] };
  metadata: { threadId: string; summary: string };
}

/** What AWS's documentation does not bound. A chat shows a few lines: whatever is longer belongs into the mail. */
export const CHAT_TITLE_LENGTH_MAX = 250;

const CHAT_DESCRIPTION_LENGTH_MAX = 2000;

const CHAT_COMMANDS_LENGTH_MAX = 1000;

const CHAT_STEPS_MAX = 5;

const CHAT_STEP_LENGTH_MAX = 300;

/** Commands are shown whole, or not at all: with a part of its instances, one would do something else. */
export const fittingInChat = (commands: string[]): string[] =>
  commands.join('\n').length <= CHAT_COMMANDS_LENGTH_MAX ? commands : [];

/** @param steps what a person has to do, the first ones first */
export function chatNotification(
  title: string,
  description: string[],
  steps: string[],
  threadId: string,
): ChatNotification {
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: boundedText(title, CHAT_TITLE_LENGTH_MAX),
      description: boundedText(description.join('\n'), CHAT_DESCRIPTION_LENGTH_MAX),
      nextSteps: steps.slice(0, CHAT_STEPS_MAX).map((step) => boundedText(step, CHAT_STEP_LENGTH_MAX)),
    },
    metadata: { threadId, summary: boundedText(title, CHAT_TITLE_LENGTH_MAX) },
  };
}
