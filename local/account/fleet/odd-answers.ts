import * as z from 'zod';

/** What one instance of a fleet makes AWS answer, where a call names it. */
export const oddAnswerSchema = z.strictObject({
  call: z
    .string()
    .regex(/^[A-Z][A-Za-z]+$/, 'give an operation of AWS, such as "StartInstances"')
    .describe(
      'The operation; a call of it that names this instance, or a command to it, is refused as a whole, and does nothing',
    ),
  code: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9.]+$/, 'give an error code, such as "OptInRequired"')
    .describe('Error code; AWS need not have it'),
  message: z.string().max(1000).default('The request was refused.').describe('What AWS says, with its error code'),
  status: z
    .int()
    .min(400)
    .max(599)
    .optional()
    .describe('HTTP status; from 500 on it is an error of AWS, and no refusal. 400, if it is left out'),
  after: z.int().min(1).optional().describe('So many such calls are answered as usual before'),
  times: z.int().min(1).optional().describe('How often; always, if it is left out'),
});
export type OddAnswer = z.infer<typeof oddAnswerSchema>;
