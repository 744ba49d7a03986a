"""Errors for what is unknown, malformed, or in a wrong state: their codes, statuses and words."""

import pytest
from botocore.exceptions import ClientError

UPDATE = "AWS-UpdateSSMAgent"
UNKNOWN = "i-0123456789abcdef0"
NO_COMMAND = "00000000-0000-4000-8000-000000000000"


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"].get("Message", "")


EC2 = [
    ("describe_instances", {"InstanceIds": [UNKNOWN]}, "InvalidInstanceID.NotFound", 400, f"The instance ID '{UNKNOWN}' does not exist"),
    ("describe_instances", {"InstanceIds": ["xyz"]}, "InvalidInstanceID.Malformed", 400, 'Invalid id: "xyz"'),
    ("describe_instances", {"Filters": [{"Name": "colour", "Values": ["x"]}]}, "InvalidParameterValue", 400, "colour"),
    ("describe_instances", {"MaxResults": 4}, "InvalidParameterValue", 400, ""),
    ("describe_instances", {"NextToken": "what?"}, "InvalidNextToken", 400, ""),
    ("describe_instances", {"InstanceIds": ["#web"], "MaxResults": 5}, "InvalidParameterCombination", 400, "maxResults"),
    ("describe_instances", {"Filters": [{"Name": "instance-id", "Values": [f"i-{n:017x}" for n in range(201)]}]}, "FilterLimitExceeded", 400, "200"),
    ("describe_instance_status", {"InstanceIds": [UNKNOWN]}, "InvalidInstanceID.NotFound", 400, ""),
    ("describe_instance_status", {"InstanceIds": ["#ghost"]}, "InvalidInstanceID.NotFound", 400, ""),
    ("describe_instance_attribute", {"InstanceId": UNKNOWN, "Attribute": "disableApiStop"}, "InvalidInstanceID.NotFound", 400, ""),
    ("describe_instance_attribute", {"InstanceId": "i-1", "Attribute": "disableApiStop"}, "InvalidInstanceID.Malformed", 400, ""),
    ("start_instances", {"InstanceIds": [UNKNOWN]}, "InvalidInstanceID.NotFound", 400, ""),
    ("start_instances", {"InstanceIds": [UNKNOWN, "i-0123456789abcdef1"]}, "InvalidInstanceID.NotFound", 400, "The instance IDs"),
    ("start_instances", {"InstanceIds": ["i-XYZ"]}, "InvalidInstanceID.Malformed", 400, ""),
    ("start_instances", {"InstanceIds": ["#gone"]}, "IncorrectInstanceState", 400, "is not in a state from which it can be started"),
    ("start_instances", {"InstanceIds": ["#worker-0", "#gone"]}, "IncorrectInstanceState", 400, ""),
    ("start_instances", {"InstanceIds": ["#interrupted"]}, "IncorrectSpotRequestState", 400, ""),
    ("start_instances", {"InstanceIds": ["#full"]}, "InsufficientInstanceCapacity", 500, "capacity"),
    ("stop_instances", {"InstanceIds": [UNKNOWN]}, "InvalidInstanceID.NotFound", 400, ""),
    ("stop_instances", {"InstanceIds": [""]}, "InvalidInstanceID.Malformed", 400, ""),
    ("stop_instances", {"InstanceIds": ["#gone"]}, "IncorrectInstanceState", 400, "can be stopped"),
    ("stop_instances", {"InstanceIds": ["#protected"]}, "OperationNotPermitted", 400, "disableApiStop"),
    ("stop_instances", {"InstanceIds": ["#worker-1", "#store"]}, "UnsupportedOperation", 400, "'ebs' root device"),
    ("stop_instances", {"InstanceIds": ["#spot"]}, "UnsupportedOperation", 400, "is a spot instance and may not be stopped"),
    ("stop_instances", {"InstanceIds": ["#web"], "Hibernate": True}, "UnsupportedHibernationConfiguration", 400, "hibernation"),
    ("create_tags", {"Resources": [UNKNOWN], "Tags": [{"Key": "a", "Value": "b"}]}, "InvalidInstanceID.NotFound", 400, ""),
    ("create_tags", {"Resources": ["#web"], "Tags": [{"Key": "aws:mine", "Value": "b"}]}, "InvalidParameterValue", 400, "aws:"),
    ("create_tags", {"Resources": ["#web"], "Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}, "TagLimitExceeded", 400, ""),
    ("create_tags", {"Resources": ["#web"], "Tags": [{"Key": "k" * 129, "Value": ""}]}, "InvalidParameterValue", 400, ""),
    ("delete_tags", {"Resources": [UNKNOWN]}, "InvalidInstanceID.NotFound", 400, ""),
    ("describe_regions", {}, "InvalidAction", 400, "DescribeRegions"),
    ("reboot_instances", {"InstanceIds": ["#web"]}, "InvalidAction", 400, "RebootInstances"),
    ("describe_instances", {"DryRun": True}, "UnknownParameter", 400, "DryRun"),
]

SSM = [
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": [UNKNOWN]}, "InvalidInstanceId", 400, f"Instances [[{UNKNOWN}]] not in a valid state for account 123456789012"),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#worker-0"]}, "InvalidInstanceId", 400, "not in a valid state"),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#silent"]}, "InvalidInstanceId", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#bare", "#web"]}, "InvalidInstanceId", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#web", "#web"]}, "DuplicateInstanceId", 400, ""),
    ("send_command", {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["#web"]}, "InvalidDocument", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": [f"i-{n:017x}" for n in range(51)]}, "ValidationException", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#web"], "Comment": "x" * 101}, "ValidationException", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#web"], "MaxErrors": "all"}, "ValidationException", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#web"], "Parameters": {"colour": ["red"]}}, "InvalidParameters", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#web"], "Parameters": {"allowDowngrade": ["perhaps"]}}, "InvalidParameters", 400, ""),
    ("send_command", {"DocumentName": UPDATE}, "InvalidParameters", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "InstanceIds": ["#web"], "Targets": [{"Key": "tag:a", "Values": ["b"]}]}, "InvalidParameters", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "Targets": [{"Key": f"tag:{n}", "Values": ["b"]} for n in range(6)]}, "ValidationException", 400, ""),
    ("send_command", {"DocumentName": UPDATE, "Targets": [{"Key": "resource-groups:Name", "Values": ["dev", "empty"]}]}, "ValidationException", 400, "Multiple resource key values"),
    ("get_command_invocation", {"CommandId": NO_COMMAND, "InstanceId": "#web"}, "InvocationDoesNotExist", 400, ""),
    ("get_command_invocation", {"CommandId": "0" * 37, "InstanceId": "#web"}, "ValidationException", 400, ""),
    ("list_command_invocations", {"CommandId": NO_COMMAND}, "InvalidCommandId", 400, ""),
    ("list_commands", {"CommandId": NO_COMMAND}, "InvalidCommandId", 400, ""),
    ("list_commands", {"Filters": [{"key": "InvokedAfter", "value": "yesterday"}]}, "InvalidFilterValue", 400, ""),
    ("list_commands", {"NextToken": "what?"}, "InvalidNextToken", 400, ""),
    ("list_commands", {"MaxResults": 51}, "ValidationException", 400, ""),
    ("list_command_invocations", {"NextToken": "what?"}, "InvalidNextToken", 400, ""),
    ("cancel_command", {"CommandId": NO_COMMAND}, "InvalidCommandId", 400, ""),
    ("describe_instance_information", {"NextToken": "what?"}, "InvalidNextToken", 400, ""),
    ("describe_instance_information", {"Filters": [{"Key": "Colour", "Values": ["red"]}]}, "InvalidFilterKey", 400, ""),
    ("describe_sessions", {"State": "Sleeping"}, "ValidationException", 400, ""),
    ("list_documents", {}, "UnknownOperationException", 400, ""),
]

GROUPS = [
    ("list_group_resources", {"Group": "nowhere"}, "NotFoundException", 404, ""),
    ("list_group_resources", {"Group": "dev", "NextToken": "what?"}, "BadRequestException", 400, ""),
    ("list_group_resources", {"Group": "dev", "MaxResults": 50, "Filters": [{"Name": "resource-type", "Values": ["not a type!"]}]}, "BadRequestException", 400, ""),
    ("list_group_resources", {}, "BadRequestException", 400, ""),
    ("get_group", {"GroupName": "nowhere"}, "NotFoundException", 404, ""),
    ("get_group", {"Group": "arn:aws:resource-groups:eu-central-1:123456789012:group/nowhere"}, "NotFoundException", 404, ""),
    ("list_groups", {}, "NotFoundException", 404, ""),
]

S3 = [
    ("get_object", {"Key": "nothing"}, "NoSuchKey", 404, "The specified key does not exist."),
    ("head_object", {"Key": "nothing"}, "404", 404, "Not Found"),
    ("get_object", {"Bucket": "another-bucket", "Key": "x"}, "NoSuchBucket", 404, "The specified bucket does not exist"),
    ("head_object", {"Bucket": "another-bucket", "Key": "x"}, "404", 404, ""),
    ("put_object", {"Bucket": "another-bucket", "Key": "x", "Body": b""}, "NoSuchBucket", 404, ""),
    ("delete_object", {"Bucket": "another-bucket", "Key": "x"}, "NoSuchBucket", 404, ""),
    ("list_objects_v2", {"Bucket": "another-bucket"}, "NoSuchBucket", 404, ""),
    ("list_objects_v2", {"ContinuationToken": "what?"}, "InvalidArgument", 400, "continuation token"),
    ("put_object", {"Key": "k" * 1025, "Body": b""}, "KeyTooLongError", 400, "Your key is too long"),
    ("put_object", {"Key": "x", "Body": b"", "StorageClass": "GLACIER"}, "NotImplemented", 501, ""),
    ("get_object", {"Key": "x", "Range": "bytes=0-1"}, "NotImplemented", 501, ""),
    ("list_objects", {}, "MethodNotAllowed", 405, ""),
    ("get_bucket_location", {}, "NotImplemented", 501, ""),
    ("put_object", {"Key": "x", "Body": b"", "ExpectedBucketOwner": "111122223333"}, "NotImplemented", 501, ""),
    ("put_object", {"Key": "x", "Body": b"text", "ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}, "BadDigest", 400, ""),
    ("put_object", {"Key": "x", "Body": b"text", "ChecksumCRC32": "AAAAAA=="}, "BadDigest", 400, ""),
]

SNS = [
    ("publish", {"TopicArn": "arn:aws:sns:eu-central-1:123456789012:other", "Message": "x"}, "NotFound", 404, "Topic does not exist"),
    ("publish", {"TopicArn": "#topic", "Message": ""}, "InvalidParameter", 400, "Empty message"),
    ("publish", {"TopicArn": "#topic", "Message": "x", "Subject": "two\nlines"}, "InvalidParameter", 400, "Subject"),
    ("publish", {"TopicArn": "#topic", "Message": "x", "Subject": "x" * 101}, "InvalidParameter", 400, "Subject"),
    ("publish", {"TopicArn": "#topic", "Message": "x" * 262_145}, "InvalidParameter", 400, "too long"),
    ("publish", {"TopicArn": "nonsense", "Message": "x"}, "InvalidParameter", 400, "TopicArn"),
    ("list_topics", {}, "InvalidAction", 400, "ListTopics"),
]

STS = [("get_session_token", {}, "InvalidAction", 400, "GetSessionToken")]

# What is known to differ: tests that say why, and fail as soon as it does not any more.
ALL = [
    (service, *case)
    for service, cases in {"ec2": EC2, "ssm": SSM, "resource-groups": GROUPS, "s3": S3, "sns": SNS, "sts": STS}.items()
    for case in cases
]


def resolved(account, value):
    """`#name` stands for the ID of the instance of that name."""
    if isinstance(value, list):
        return [resolved(account, item) for item in value]
    if isinstance(value, str) and value.startswith("#"):
        return account.topic if value == "#topic" else account.ids[value[1:]]
    return value


def marked(number, case):
    service, method, _, code, *_ = case
    return pytest.param(*case, id=f"{service}-{method}-{code}-{number}")


@pytest.mark.parametrize(
    ("service", "method", "parameters", "code", "status", "words"), [marked(*one) for one in enumerate(ALL)]
)
def test_refusals(account, service, method, parameters, code, status, words):
    # What botocore itself would refuse is to reach the account.
    client = account.client(service, parameter_validation=False)
    given = {name: resolved(account, value) for name, value in parameters.items()}
    if service == "s3":
        given.setdefault("Bucket", account.bucket)
    got_code, got_status, message = refusal(lambda: getattr(client, method)(**given))
    assert (got_code, got_status) == (code, status), message
    assert words in message


def test_a_refused_start_or_stop_changes_no_instance(account, ec2):
    ids = [account.ids["worker-0"], account.ids["worker-1"]]
    states = [one["Instances"][0]["State"]["Name"] for one in ec2.describe_instances(InstanceIds=ids)["Reservations"]]
    assert states == ["stopped", "running"]


def test_a_stopping_instance_cannot_be_started(account, ec2):
    id_ = account.ids["slow"]
    ec2.stop_instances(InstanceIds=[id_])
    code, _, _ = refusal(lambda: ec2.start_instances(InstanceIds=[id_]))
    assert code == "IncorrectInstanceState"


def test_errors_are_classes_of_the_client(account, ssm, s3):
    with pytest.raises(ssm.exceptions.InvocationDoesNotExist):
        ssm.get_command_invocation(CommandId=NO_COMMAND, InstanceId=account.ids["web"])
    with pytest.raises(ssm.exceptions.InvalidInstanceId):
        ssm.send_command(DocumentName=UPDATE, InstanceIds=[UNKNOWN])
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=account.bucket, Key="nothing")
    groups = account.client("resource-groups")
    with pytest.raises(groups.exceptions.NotFoundException):
        groups.get_group(Group="nowhere")
    topics = account.client("sns")
    with pytest.raises(topics.exceptions.NotFoundException):
        topics.publish(TopicArn=account.topic + "x", Message="x")


@pytest.mark.parametrize("service", ["ec2", "ssm", "s3", "sns", "sts", "resource-groups"])
def test_errors_carry_a_request_id(account, service):
    calls = {
        "ec2": lambda c: c.describe_instances(InstanceIds=["x"]),
        "ssm": lambda c: c.list_commands(CommandId=NO_COMMAND),
        "s3": lambda c: c.get_object(Bucket=account.bucket, Key="nothing"),
        "sns": lambda c: c.list_topics(),
        "sts": lambda c: c.get_session_token(),
        "resource-groups": lambda c: c.get_group(Group="nowhere"),
    }
    with pytest.raises(ClientError) as caught:
        calls[service](account.client(service))
    assert caught.value.response["ResponseMetadata"]["RequestId"]
