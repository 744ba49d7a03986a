"""Token buckets, seen by a client that does not retry, and got over by one that does."""

import pytest
from botocore.exceptions import ClientError

# Slow, so that the buckets do not fill faster than a client can empty them.
SPEED = 1
BURST = 400

CASES = [
    ("ec2", "start_instances", lambda a: {"InstanceIds": [a.ids["web"]]}, "RequestLimitExceeded", 503),
    ("ec2", "stop_instances", lambda a: {"InstanceIds": [a.ids["worker-0"]]}, "RequestLimitExceeded", 503),
    ("ec2", "describe_instance_attribute", lambda a: {"InstanceId": a.ids["web"], "Attribute": "disableApiStop"}, "RequestLimitExceeded", 503),
    ("ssm", "send_command", lambda a: {"DocumentName": "AWS-UpdateSSMAgent", "InstanceIds": [a.ids["worker-1"]]}, "ThrottlingException", 400),
    ("ssm", "describe_sessions", lambda a: {"State": "Active"}, "ThrottlingException", 400),
    ("resource-groups", "get_group", lambda a: {"Group": "dev"}, "TooManyRequestsException", 429),
    ("sns", "publish", lambda a: {"TopicArn": a.topic, "Message": "x"}, "Throttled", 429),
]


@pytest.mark.parametrize(("service", "method", "parameters", "code", "status"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_too_many_calls_are_throttled_and_retried_as_such(account, service, method, parameters, code, status):
    given = parameters(account)
    plain = getattr(account.client(service), method)
    with pytest.raises(ClientError) as caught:
        for _ in range(BURST):
            plain(**given)
    error = caught.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)

    patient = getattr(account.client(service, retries={"mode": "standard", "total_max_attempts": 12}), method)
    retried = 0
    for _ in range(BURST):
        retried = patient(**given)["ResponseMetadata"]["RetryAttempts"]
        if retried > 0:
            break
    assert retried > 0


def test_adaptive_retries_get_through_too(account):
    client = account.client("ec2", retries={"mode": "adaptive", "total_max_attempts": 12})
    for _ in range(4):
        client.stop_instances(InstanceIds=[account.ids["worker-0"]])
