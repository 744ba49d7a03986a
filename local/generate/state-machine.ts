import { updateAgents } from '../../statemachine/update-agents.ts';

const WIDTH_MAX = 120;

/** The text of statemachine/update-agents.asl.json. */
export const stateMachineText = (): string => aslText(updateAgents);

/** JSON as Biome lays it out, or `npm run lint` would ask for another text: a list of names is one line, if that fits. */
export function aslText(definition: object): string {
  const text = JSON.stringify(definition, null, 2).replace(
    /^(.*)\[\n((?: +"[^"]*",?\n)+) *\](,?)$/gm,
    (list, before: string, names: string, after: string) => {
      const line = `${before}[${names.trim().split(/\n */).join(' ')}]${after}`;
      return line.length <= WIDTH_MAX ? line : list;
    },
  );
  return `${text}\n`;
}
