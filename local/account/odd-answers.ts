import type { OddAnswer } from './fleet/odd-answers.ts';
import { ServiceError } from './wire/service-error.ts';
import type { World } from './world/model.ts';

/** Counts the calls for which an instance has an odd answer. */
export interface OddAnswers {
  /**
   * Nothing of a call is done that names an instance of which AWS won't hear, or a command to it and none of its instances.
   * @throws in its words
   */
  refuse(operation: string, parameters: unknown, world: Pick<World, 'machines' | 'commands'>): void;
}

export function createOddAnswers(): OddAnswers {
  const asked = new Map<OddAnswer, number>();
  const ask = (answer: OddAnswer): number => {
    const count = (asked.get(answer) ?? 0) + 1;
    asked.set(answer, count);
    return count - (answer.after ?? 0);
  };
  const isGiven = (answer: OddAnswer): boolean => {
    const count = ask(answer);
    return count >= 1 && count <= (answer.times ?? Number.POSITIVE_INFINITY);
  };
  return {
    refuse(operation, parameters, { machines, commands }) {
      const texts = textsIn(parameters);
      const ids = texts.some((text) => machines.has(text))
        ? texts
        : commands.flatMap(({ id, instanceIds }) => (texts.includes(id) ? instanceIds : []));
      const answers = ids.flatMap((id) => machines.get(id)?.spec.answers ?? []);
      const answer = answers.find((one) => one.call === operation && isGiven(one));
      if (answer === undefined) return;
      throw new ServiceError(answer.code, answer.message, answer.status);
    },
  };
}

/** Whatever the parameter is called in which an API names instances, also in a filter. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
