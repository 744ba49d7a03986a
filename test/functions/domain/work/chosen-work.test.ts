import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosenWork } from '../../../../functions/domain/work/chosen-work.ts';

const root = join(__dirname, '../../../../');
const deployed = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

describe('the work', () => {
  it('is chosen in one place', () => {
    const choosing = deployed.filter((file) =>
      /from '.*update-ssm-agent\.ts'/.test(readFileSync(join(root, 'functions', file), 'utf8')),
    );
    expect(choosing).toEqual(['domain/work/chosen-work.ts']);
  });

  it('is the one document that the role of UpdateAgent may send', () => {
    const documents = readFileSync(join(root, 'template.yaml'), 'utf8').match(/:document\/\S+/g);
    expect(documents).toEqual([`:document/${chosenWork.documentName}`]);
  });
});
