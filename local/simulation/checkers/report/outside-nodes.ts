import type { Report } from '../../../../functions/domain/report/report.ts';
import type { Evidence, ExecutionEvidence } from '../../evidence/evidence.ts';

/** Nodes outside of EC2 are counted and told as what they are, each once; and nothing else is called so. */
export function aboutNodes({ groups }: Evidence, { input }: ExecutionEvidence, report: Report): string[] {
  const names = (input['groups'] as string[] | undefined) ?? groups.map(({ name }) => name);
  const chosen = input['instances'] as string[] | undefined;
  const nodes = groups.filter(({ name }) => names.includes(name)).flatMap(({ nodeIds }) => nodeIds);
  const intended = new Set(nodes.filter((id) => chosen?.includes(id) ?? true));
  const told = report.instances.flatMap(({ instanceId, outcome, reason }) =>
    outcome === 'excluded' && reason?.code === 'not-an-instance' ? [instanceId] : [],
  );
  return [
    ...[...intended].filter((id) => !told.includes(id)).map((id) => `the node ${id} is not told as one outside of EC2`),
    ...told.filter((id) => !intended.has(id)).map((id) => `${id} is told as a node outside of EC2, which it is not`),
  ];
}
