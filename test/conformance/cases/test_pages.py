"""Lists, walked by botocore's own paginators: each item once, whatever the size of the pages."""

import pytest

UPDATE = "AWS-UpdateSSMAgent"


def walk(client, method, key, size, **parameters):
    """@returns the items and how many pages they came on"""
    pages = list(client.get_paginator(method).paginate(PaginationConfig={"PageSize": size}, **parameters))
    assert all(len(page.get(key, [])) <= size for page in pages)
    return [item for page in pages for item in page.get(key, [])], len(pages)


@pytest.fixture(scope="module")
def all_ids(account):
    return {id_ for name, id_ in account.ids.items() if name != "ghost"}


@pytest.mark.parametrize("size", [5, 7, 20, 1000])
def test_instances(ec2, all_ids, size):
    reservations, pages = walk(ec2, "describe_instances", "Reservations", size)
    ids = [instance["InstanceId"] for reservation in reservations for instance in reservation["Instances"]]
    assert sorted(ids) == sorted(all_ids)
    assert pages == -(-len(all_ids) // size)


@pytest.mark.parametrize("size", [5, 11])
def test_instance_statuses(ec2, all_ids, size):
    statuses, _ = walk(ec2, "describe_instance_status", "InstanceStatuses", size, IncludeAllInstances=True)
    assert sorted(one["InstanceId"] for one in statuses) == sorted(all_ids)


@pytest.mark.parametrize("size", [5, 13, 50])
def test_instance_information(account, ssm, size, eventually):
    # Those that run and have an agent that registers.
    running = {one["id"] for one in account.fleet["groups"][0]["instances"] if one["state"] == "running"}
    expected = running - {account.ids["silent"], account.ids["bare"]}
    ids = lambda: [one["InstanceId"] for one in walk(ssm, "describe_instance_information", "InstanceInformationList", size)[0]]
    eventually(lambda: len(ids()) >= len(expected), "all agents")
    assert sorted(ids()) == sorted(expected)


@pytest.mark.parametrize("size", [1, 7, 50])
def test_group_resources(account, size):
    client = account.client("resource-groups")
    resources, _ = walk(client, "list_group_resources", "Resources", size, Group="dev")
    arns = [one["Identifier"]["ResourceArn"] for one in resources]
    assert sorted(arn.rsplit("/")[-1] for arn in arns) == sorted(account.ids.values())
    assert {one["Identifier"]["ResourceType"] for one in resources} == {"AWS::EC2::Instance"}


@pytest.fixture(scope="module")
def commands(account, ssm):
    sent = []
    for number in (1, 3, 5, 7, 9):
        ids = [account.ids[f"worker-{number}"], account.ids["web"]]
        reply = ssm.send_command(DocumentName=UPDATE, InstanceIds=ids)
        sent.append((reply["Command"]["CommandId"], ids))
    return sent


def seen(ssm, commands):
    listed = ssm.list_commands()["Commands"]
    return len(listed) >= len(commands) and len(ssm.list_command_invocations()["CommandInvocations"]) >= 2 * len(commands)


@pytest.mark.parametrize("size", [1, 2, 50])
def test_commands(ssm, commands, size, eventually):
    eventually(lambda: seen(ssm, commands), "the commands in the list")
    found, pages = walk(ssm, "list_commands", "Commands", size)
    assert sorted(one["CommandId"] for one in found) == sorted(id_ for id_, _ in commands)
    assert pages == -(-len(commands) // size)


@pytest.mark.parametrize("size", [1, 3, 50])
def test_command_invocations(ssm, commands, size, eventually):
    eventually(lambda: seen(ssm, commands), "the invocations in the list")
    found, _ = walk(ssm, "list_command_invocations", "CommandInvocations", size)
    pairs = sorted((one["CommandId"], one["InstanceId"]) for one in found)
    assert pairs == sorted((command, id_) for command, ids in commands for id_ in ids)


def test_sessions(ssm):
    assert walk(ssm, "describe_sessions", "Sessions", 5, State="Active") == ([], 1)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_objects(account, s3, size):
    keys = sorted(["p/a b.txt", "p/a+b.txt", "p/ü/1.txt", "p/ü/2.txt", "p/z%2Fz", "p/<&>.xml", "p/\N{GRINNING FACE}"])
    for key in keys:
        s3.put_object(Bucket=account.bucket, Key=key, Body=key.encode())
    found, _ = walk(s3, "list_objects_v2", "Contents", size, Bucket=account.bucket, Prefix="p/")
    assert sorted(one["Key"] for one in found) == keys
    assert [one["Size"] for one in sorted(found, key=lambda one: one["Key"])] == [len(key.encode()) for key in keys]


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_folders_and_objects_share_the_pages(account, s3, size):
    for key in ["q/1", "q/2/a", "q/2/b", "q/3", "q/4/c"]:
        s3.put_object(Bucket=account.bucket, Key=key, Body=b"")
    pages = list(
        s3.get_paginator("list_objects_v2").paginate(
            Bucket=account.bucket, Prefix="q/", Delimiter="/", PaginationConfig={"PageSize": size}
        )
    )
    assert [one["Key"] for page in pages for one in page.get("Contents", [])] == ["q/1", "q/3"]
    assert [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])] == ["q/2/", "q/4/"]
    assert all(page["KeyCount"] == len(page.get("Contents", [])) + len(page.get("CommonPrefixes", [])) for page in pages)


def test_keys_are_listed_in_the_order_of_their_bytes(account, s3):
    # In UTF-16 the emoji comes before U+FF5E, in UTF-8 behind it.
    keys = ["o/Z", "o/a", "o/\uff5e", "o/\U0001f600"]
    for key in reversed(keys):
        s3.put_object(Bucket=account.bucket, Key=key, Body=b"")
    listed = s3.list_objects_v2(Bucket=account.bucket, Prefix="o/")["Contents"]
    assert [one["Key"] for one in listed] == keys


def test_the_paginator_goes_on_from_its_own_token(ec2, all_ids):
    paginator = ec2.get_paginator("describe_instances")
    first = paginator.paginate(PaginationConfig={"PageSize": 5, "MaxItems": 12}).build_full_result()
    rest = paginator.paginate(PaginationConfig={"PageSize": 5, "StartingToken": first["NextToken"]}).build_full_result()
    ids = [one["Instances"][0]["InstanceId"] for one in first["Reservations"] + rest["Reservations"]]
    assert len(first["Reservations"]) == 12
    assert sorted(ids) == sorted(all_ids)
