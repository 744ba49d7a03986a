import 'aws-sdk-client-mock-jest';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { mockClient } from 'aws-sdk-client-mock';
import { listGroupInstances } from '../../../functions/aws/resource-groups.ts';
import { awsError, grouped } from '../../support/functions.ts';

const resourceGroups = mockClient(ResourceGroupsClient);
const client = new ResourceGroupsClient({ region: 'eu-central-1' });
const list = () => listGroupInstances(client, 'dev');

beforeEach(() => resourceGroups.reset());

describe('listGroupInstances', () => {
  it('reads to the last page: short and even empty ones happen before it', async () => {
    const pages = [{ ...grouped('i-1', 'i-2'), NextToken: '1' }, { ...grouped(), NextToken: '2' }, grouped('i-3')];
    resourceGroups
      .on(ListGroupResourcesCommand)
      .callsFake(({ NextToken }: { NextToken?: string }) => pages[Number(NextToken ?? 0)]);

    expect(await list()).toEqual(['i-1', 'i-2', 'i-3']);
    expect(resourceGroups).toHaveReceivedNthCommandWith(1, ListGroupResourcesCommand, {
      Group: 'dev',
      Filters: [{ Name: 'resource-type', Values: ['AWS::EC2::Instance'] }],
      MaxResults: 50,
    });
  });

  it('counts an instance once, and what is no instance not at all', async () => {
    const [member] = grouped('i-1').Resources ?? [];
    resourceGroups.on(ListGroupResourcesCommand).resolves({
      Resources: [
        { ...member },
        { ...member },
        { Identifier: { ResourceArn: 'arn:aws:s3:::bucket', ResourceType: 'AWS::S3::Bucket' } },
        {},
      ],
    });

    expect(await list()).toEqual(['i-1']);
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
