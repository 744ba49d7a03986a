"""Each operation's reply, parsed and raw, against botocore's own model of it."""

import pytest
from account import documented_operations
from model import Judge

UPDATE = "AWS-UpdateSSMAgent"


@pytest.fixture(scope="module")
def judge(account):
    judges = {}

    def of(service):
        judges.setdefault(service, Judge(account.client(service)))
        return judges[service]

    return of


@pytest.fixture(scope="module")
def finished(account, ssm):
    """The ID of a command that has ended on two instances: on one well, on the other not."""
    ids = [account.ids["web"], account.ids["fails"]]
    sent = ssm.send_command(DocumentName=UPDATE, InstanceIds=ids, Parameters={"version": ["3.3.551.0"]}, Comment="two")
    command = sent["Command"]["CommandId"]
    for id_ in ids:
        try:
            ssm.get_waiter("command_executed").wait(
                CommandId=command, InstanceId=id_, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
            )
        except Exception:
            assert id_ == account.ids["fails"]
    return command


@pytest.fixture(scope="module")
def stored(account, s3):
    for key in ["notes/one.txt", "notes/two & <three>.txt", "top.json"]:
        s3.put_object(Bucket=account.bucket, Key=key, Body=b"text", ContentType="text/plain")
    return "notes/one.txt"


# Service, method, and the parameters as a function of the account, the finished command and a stored key.
CALLS = [
    ("ec2", "describe_instances", lambda a, c, k: {}),
    ("ec2", "describe_instances", lambda a, c, k: {"InstanceIds": [a.ids["windows"], a.ids["sleeper"]]}),
    ("ec2", "describe_instances", lambda a, c, k: {"Filters": [{"Name": "tag:Name", "Values": ["web"]}]}),
    ("ec2", "describe_instance_status", lambda a, c, k: {"IncludeAllInstances": True}),
    ("ec2", "describe_instance_status", lambda a, c, k: {}),
    ("ec2", "describe_instance_attribute", lambda a, c, k: {"InstanceId": a.ids["protected"], "Attribute": "disableApiStop"}),
    ("ec2", "describe_instance_attribute", lambda a, c, k: {"InstanceId": a.ids["web"], "Attribute": "disableApiTermination"}),
    ("ec2", "create_tags", lambda a, c, k: {"Resources": [a.ids["web"]], "Tags": [{"Key": "a&b", "Value": "<ü>"}]}),
    ("ec2", "delete_tags", lambda a, c, k: {"Resources": [a.ids["web"]], "Tags": [{"Key": "a&b"}]}),
    ("ec2", "start_instances", lambda a, c, k: {"InstanceIds": [a.ids["worker-0"], a.ids["worker-1"]]}),
    ("ec2", "terminate_instances", lambda a, c, k: {"InstanceIds": [a.ids["gone"]]}),
    ("ec2", "stop_instances", lambda a, c, k: {"InstanceIds": [a.ids["leaving"], a.ids["worker-2"]]}),
    ("ssm", "describe_instance_information", lambda a, c, k: {"MaxResults": 50}),
    ("ssm", "describe_sessions", lambda a, c, k: {"State": "Active"}),
    ("ssm", "describe_instance_associations_status", lambda a, c, k: {"InstanceId": a.ids["web"]}),
    ("ssm", "send_command", lambda a, c, k: {"DocumentName": UPDATE, "InstanceIds": [a.ids["worker-3"]], "TimeoutSeconds": 600}),
    ("ssm", "send_command", lambda a, c, k: {"DocumentName": UPDATE, "Targets": [{"Key": "resource-groups:Name", "Values": ["empty"]}]}),
    ("ssm", "list_commands", lambda a, c, k: {}),
    ("ssm", "list_commands", lambda a, c, k: {"CommandId": c}),
    ("ssm", "list_command_invocations", lambda a, c, k: {"CommandId": c}),
    ("ssm", "list_command_invocations", lambda a, c, k: {"CommandId": c, "Details": True}),
    ("ssm", "get_command_invocation", lambda a, c, k: {"CommandId": c, "InstanceId": a.ids["web"]}),
    ("ssm", "get_command_invocation", lambda a, c, k: {"CommandId": c, "InstanceId": a.ids["fails"]}),
    ("ssm", "cancel_command", lambda a, c, k: {"CommandId": c}),
    ("resource-groups", "list_group_resources", lambda a, c, k: {"Group": "dev"}),
    ("resource-groups", "list_group_resources", lambda a, c, k: {"Group": "empty"}),
    ("resource-groups", "list_group_resources", lambda a, c, k: {"Group": "broken"}),
    ("resource-groups", "get_group", lambda a, c, k: {"Group": "dev"}),
    ("s3", "put_object", lambda a, c, k: {"Bucket": a.bucket, "Key": "shapes/new", "Body": b"x"}),
    ("s3", "get_object", lambda a, c, k: {"Bucket": a.bucket, "Key": k}),
    ("s3", "head_object", lambda a, c, k: {"Bucket": a.bucket, "Key": k}),
    ("s3", "list_objects_v2", lambda a, c, k: {"Bucket": a.bucket}),
    ("s3", "list_objects_v2", lambda a, c, k: {"Bucket": a.bucket, "Prefix": "no", "Delimiter": "/", "MaxKeys": 1}),
    ("s3", "delete_object", lambda a, c, k: {"Bucket": a.bucket, "Key": "top.json"}),
    ("events", "put_events", lambda a, c, k: {"Entries": [{"Source": "reveille", "DetailType": "Reveille Run Started", "Detail": "{}"}, {"Source": "reveille", "DetailType": "x", "Detail": "["}]}),
    ("sns", "publish", lambda a, c, k: {"TopicArn": a.topic, "Subject": "hello", "Message": "it is <done> & well"}),
    ("sns", "publish", lambda a, c, k: {"TopicArn": a.topic, "Message": '{"default": "x"}', "MessageStructure": "json", "MessageAttributes": {"status": {"DataType": "String", "StringValue": "failed"}}}),
    ("sts", "get_caller_identity", lambda a, c, k: {}),
]


@pytest.mark.parametrize(("service", "method", "parameters"), CALLS, ids=[f"{s}-{m}-{n}" for n, (s, m, _) in enumerate(CALLS)])
def test_replies_are_as_the_model_says(account, judge, finished, stored, service, method, parameters):
    _, problems = judge(service).call(method, **parameters(account, finished, stored))
    assert problems == []


def test_every_documented_operation_is_judged(account):
    """The table of docs/embedded-account.md, which is made from the code, has no operation that is not tried here."""
    documented = documented_operations({name: name for name in ("ec2", "ssm", "resource-groups", "s3", "sns", "events", "sts")})
    clients = {service: account.client(service) for service, _, _ in CALLS}
    judged = {(service, clients[service].meta.method_to_api_mapping[method]) for service, method, _ in CALLS}
    assert documented
    assert documented - judged == set()
