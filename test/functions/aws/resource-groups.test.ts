import 'aws-sdk-client-mock-jest';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { mockClient } from 'aws-sdk-client-mock';
import { listGroup } from '../../../functions/aws/resource-groups.ts';
import { awsError, grouped } from '../../support/functions.ts';

const resourceGroups = mockClient(ResourceGroupsClient);
const client = new ResourceGroupsClient({ region: 'eu-central-1' });
const list = () => listGroup(client, 'dev');

beforeEach(() => resourceGroups.reset());

describe('listGroup', () => {
  it('reads to the last page: short and even empty ones happen before it', async () => {
    const pages = [{ ...grouped('i-1', 'i-2'), NextToken: '1' }, { ...grouped(), NextToken: '2' }, grouped('i-3')];
    resourceGroups
      .on(ListGroupResourcesCommand)
      .callsFake(({ NextToken }: { NextToken?: string }) => pages[Number(NextToken ?? 0)]);

    expect(await list()).toMatchObject({ instanceIds: ['i-1', 'i-2', 'i-3'] });
    expect(resourceGroups).toHaveReceivedNthCommandWith(1, ListGroupResourcesCommand, {
      Group: 'dev',
      MaxResults: 50,
    });
  });

  it('counts an instance once, and tells apart what is none', async () => {
    const [member] = grouped('i-1').Resources ?? [];
    resourceGroups.on(ListGroupResourcesCommand).resolves({
      Resources: [
        { ...member },
        { ...member },
        { Identifier: { ResourceArn: 'arn:aws:s3:::bucket', ResourceType: 'AWS::S3::Bucket' } },
        {
          Identifier: {
            ResourceArn: 'arn:aws:ssm:eu-central-1:123456789012:managed-instance/mi-1',
            ResourceType: 'AWS::SSM::ManagedInstance',
          },
        },
        {},
      ],
    });

    expect(await list()).toEqual({ instanceIds: ['i-1'], nodeIds: ['mi-1'], otherResources: 1 });
    expect(resourceGroups).toHaveReceivedCommandTimes(ListGroupResourcesCommand, 1);
  });

  it('asks for instances alone where there are none: a query that has no place for them refuses that', async () => {
    resourceGroups.on(ListGroupResourcesCommand).resolves(grouped());
    expect(await list()).toEqual({ instanceIds: [], nodeIds: [], otherResources: 0 });

    const refused = 'The resource types specified as filters in the request are not valid.';
    const Filters = [{ Name: 'resource-type' as const, Values: ['AWS::EC2::Instance'] }];
    resourceGroups.on(ListGroupResourcesCommand, { Filters }).rejects(awsError('BadRequestException', refused));
    await expect(list()).rejects.toMatchObject({
      name: 'BrokenGroup',
      message: expect.stringMatching(/"dev" can hold no EC2 instances.*add AWS::EC2::Instance to them.*are not valid/),
    });
  });

  it('asks for instances alone where there is too much of the rest', async () => {
    const bucket = { Identifier: { ResourceArn: 'arn:aws:s3:::bucket', ResourceType: 'AWS::S3::Bucket' } };
    resourceGroups
      .on(ListGroupResourcesCommand)
      .callsFake(({ Filters }: { Filters?: unknown }) =>
        Filters === undefined ? { Resources: [bucket], NextToken: 'again' } : grouped('i-1', 'i-2'),
      );

    expect(await list()).toMatchObject({ instanceIds: ['i-1', 'i-2'], otherResources: 200 });
  });

  it('calls a group broken whose query reports errors, even beside a list', async () => {
    resourceGroups.on(ListGroupResourcesCommand).resolves({
      ...grouped('i-1'),
      QueryErrors: [{ ErrorCode: 'CLOUDFORMATION_STACK_INACTIVE', Message: 'inactive' }],
    });

    await expect(list()).rejects.toMatchObject({
      name: 'BrokenGroup',
      message: expect.stringContaining('CLOUDFORMATION_STACK_INACTIVE: inactive'),
    });
  });

  it('calls a group broken that does not exist', async () => {
    resourceGroups.on(ListGroupResourcesCommand).rejects(awsError('NotFoundException', 'Cannot find group: dev', 404));

    await expect(list()).rejects.toMatchObject({ name: 'BrokenGroup', message: expect.stringContaining('"dev"') });
  });

  it('does not take a refusal for an empty group', async () => {
    resourceGroups.on(ListGroupResourcesCommand).rejects(awsError('ForbiddenException', 'no', 403));

    await expect(list()).rejects.toMatchObject({ name: 'ForbiddenException' });
  });

  it('does not read for ever', async () => {
    resourceGroups.on(ListGroupResourcesCommand).resolves({ ...grouped(), NextToken: 'again' });

    await expect(list()).rejects.toMatchObject({ name: 'TooManyInstances' });
  });
});
