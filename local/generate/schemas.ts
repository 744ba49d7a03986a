import * as z from 'zod';
import { executionInputSchema } from '../../functions/domain/listing/execution-input.ts';
import { planSchema } from '../../functions/domain/listing/plan.ts';
import { reportSchema } from '../../functions/domain/report/report.ts';
import { fleetSchema } from '../account/fleet/fleet.ts';

const PUBLISHED: Record<string, { title: string; schema: z.ZodType; io: 'input' | 'output' }> = {
  'schemas/execution-input.schema.json': { title: 'Input of an execution', schema: executionInputSchema, io: 'input' },
  'schemas/fleet.schema.json': { title: 'Fleet of the embedded account', schema: fleetSchema, io: 'input' },
  'schemas/plan.schema.json': { title: 'Plan of a dry run', schema: planSchema, io: 'output' },
  'schemas/report.schema.json': { title: 'Report of a run', schema: reportSchema, io: 'output' },
};

/** The published JSON Schemas, by path: made from the schemas that the code itself parses with. */
export function schemaFiles(): Map<string, string> {
  const files = Object.entries(PUBLISHED).map(([path, { title, schema, io }]): [string, string] => {
    const json = z.toJSONSchema(schema, { io });
    return [path, `${JSON.stringify({ title, ...json }, null, 2)}\n`];
  });
  return new Map(files);
}
