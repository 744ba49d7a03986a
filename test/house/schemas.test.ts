import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { batchSchema } from '../../functions/domain/batch/batch.ts';
import { executionInputSchema, listRequestSchema } from '../../functions/domain/listing/execution-input.ts';
import { catalogue } from '../../functions/domain/words/catalogue.ts';
import { pagesWithTables, withTables } from '../../local/generate/doc-tables.ts';
import { PAGE_ASSETS, pageAssetsText } from '../../local/generate/page-assets.ts';
import { schemaFiles } from '../../local/generate/schemas.ts';
import { aFleet, tell } from '../support/stories.ts';

const root = new URL('../../', `file://${__filename}`);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const validator = (path: string) =>
  new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(read(path)) as object);

describe('the published schemas', () => {
  it.each([...schemaFiles().entries()])(
    '%s says what the code parses with; if not, npm run generate writes it anew',
    (path, text) => {
      expect(existsSync(new URL(path, root))).toBe(true);
      expect(JSON.parse(read(path))).toEqual(JSON.parse(text));
    },
  );

  it.each(['dev-and-prod', 'healthy', 'mixed-500'])('take the shipped fleet %s', (name) => {
    const validate = validator('schemas/fleet.schema.json');
    expect(validate(JSON.parse(read(`fleets/${name}.json`)))).toBe(true);
  });

  it('refuse a fleet with a behaviour that does not exist', () => {
    const validate = validator('schemas/fleet.schema.json');
    const instance = {
      id: 'i-1',
      state: 'stopped',
      platform: 'ubuntu',
      agentVersion: '3.2.1.0',
      behaviours: ['sleepy'],
    };
    expect(
      validate({ region: 'eu-central-1', agentVersion: '3.3.551.0', groups: [{ name: 'dev', instances: [instance] }] }),
    ).toBe(false);
  });

  it('take the report of a real run', async () => {
    const { report } = await tell(aFleet({ dev: { web: {}, gone: { behaviours: ['terminated'] } } }));
    const validate = validator('schemas/report.schema.json');
    expect(validate(report)).toBe(true);
    expect(validate({ ...report, status: 'fine' })).toBe(false);
  });
});

it('the script and styles of the report page are those of its sources; if not, npm run generate writes them anew', () => {
  expect(read(PAGE_ASSETS) === pageAssetsText()).toBe(true);
});

describe('the docs', () => {
  it.each(pagesWithTables)(
    '%s has the tables that the code makes; if not, npm run generate writes them anew',
    async (path) => {
      expect(read(path)).toBe(await withTables(path, read(path)));
    },
  );

  it('say of each behaviour how it ends, and of each operation what it takes', () => {
    const page = read('docs/embedded-account.md');
    expect(page).toContain('| `update-hangs` | failed: update-hung |');
    expect(page).toMatch(/\| ssm \| `SendCommand` \| `DocumentName`, `InstanceIds`/);
  });

  it.each([
    ['docs/reasons.md', /\| `busy` \| Held by another run \| Another run or another state machine holds it\. \| Wait /],
    ['docs/ja/reasons.md', /\| `busy` \| 別の実行が使用中 \| 別の実行、または別のステートマシン/],
  ])('%s says of each reason code what it means, exactly once', (path, row) => {
    const page = read(path);
    const told = [...page.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, code]) => code);
    expect(told.sort()).toEqual(Object.keys(catalogue).sort());
    expect(page).toMatch(row);
  });
});

describe('the sample events', () => {
  it.each(['execution', 'execution-dry-run'])('%s is an execution’s input', (name) => {
    expect(executionInputSchema.safeParse(JSON.parse(read(`events/${name}.json`))).error).toBeUndefined();
  });

  it('list-instances is a listing request', () => {
    expect(listRequestSchema.safeParse(JSON.parse(read('events/list-instances.json'))).error).toBeUndefined();
  });

  it.each(['start-instances', 'check-readiness', 'update-agent', 'verify-versions', 'restore-instances'])(
    '%s is a batch',
    (name) => {
      expect(batchSchema.safeParse(JSON.parse(read(`events/${name}.json`))).error).toBeUndefined();
    },
  );
});
