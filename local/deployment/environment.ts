import { createResolver } from './intrinsics.ts';
import type { References, Template } from './template.ts';

/** The environment that a function is deployed with. @throws for a variable that has no text as its value */
export function environmentOf(template: Template, logicalId: string, references: References): Record<string, string> {
  const own = (template.Resources[logicalId]?.Properties['Environment'] ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  const variables = { ...template.Globals.Function.Environment.Variables, ...own.Variables };
  const { resolveText } = createResolver(template, references);
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, resolveText(value, `${logicalId}.${name}`)]),
  );
}
