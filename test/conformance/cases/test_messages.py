"""What is published with a body for each protocol and with attributes: what SNS takes, what it refuses, what a person reads."""

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def sns(account):
    return account.client("sns")


def mail(account):
    with urllib.request.urlopen(f"{account.url}/_reveille/mail", timeout=10) as reply:
        return reply.read().decode()


def text(value):
    return {"DataType": "String", "StringValue": value}


def publish(sns, account, bodies, **more):
    message = bodies if isinstance(bodies, str) else json.dumps(bodies, ensure_ascii=False)
    return sns.publish(TopicArn=account.topic, Message=message, MessageStructure="json", **more)


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Error"]["Code"], error["Error"]["Message"]


def test_a_person_reads_the_body_of_the_mail(sns, account):
    attributes = {"status": text("failed"), "severity": text("warning")}
    bodies = {"default": "for programs", "email": "1台失敗\nsecond line", "https": "{}", "pigeon": "coo"}
    assert publish(sns, account, bodies, Subject="one failed", MessageAttributes=attributes)["MessageId"]
    last = mail(account).split("-" * 78)[-1]
    assert "Subject: one failed\nFilter:  status=failed, severity=warning\n\n1台失敗\nsecond line\n" in last
    assert "for programs" not in last and "coo" not in last


def test_a_person_reads_the_default_where_there_is_no_mail(sns, account):
    publish(sns, account, {"default": "for all", "email": 7}, Subject="plain")
    assert "Subject: plain\n\nfor all\n" in mail(account)


FAILED_TO_PARSE = "Invalid parameter: Message Structure - JSON message body failed to parse"
NO_DEFAULT = "Invalid parameter: Message Structure - No default entry in JSON message body"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("not JSON", FAILED_TO_PARSE),
        ('{"default": "x"', FAILED_TO_PARSE),
        ("null", FAILED_TO_PARSE),
        ('["default"]', FAILED_TO_PARSE),
        ({}, NO_DEFAULT),
        ({"email": "x"}, NO_DEFAULT),
        ({"default": {"text": "x"}}, NO_DEFAULT),
    ],
    ids=range(7),
)
def test_bodies_that_are_refused(sns, account, body, words):
    assert refusal(lambda: publish(sns, account, body)) == ("InvalidParameter", words)


def test_all_bodies_together_have_one_limit(sns, account):
    most = 262_144 - len(json.dumps({"default": "", "email": ""}))
    publish(sns, account, {"default": "d" * (most // 2), "email": "e" * (most // 2)})
    code, _ = refusal(lambda: publish(sns, account, {"default": "d" * (most // 2), "email": "e" * (most // 2 + 2)}))
    assert code == "InvalidParameter"


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("status", {"DataType": "Colour", "StringValue": "red"}),
        ("status", {"DataType": "String", "StringValue": ""}),
        ("status", {"DataType": "String"}),
        ("AWS.status", text("failed")),
        (".status", text("failed")),
        ("a..b", text("failed")),
        ("a b", text("failed")),
    ],
    ids=range(7),
)
def test_attributes_that_are_refused(sns, account, name, attribute):
    code, _ = refusal(lambda: sns.publish(TopicArn=account.topic, Message="x", MessageAttributes={name: attribute}))
    assert code == "ParameterValueInvalid"


def test_another_structure_is_refused(sns, account):
    code, _ = refusal(lambda: sns.publish(TopicArn=account.topic, Message="{}", MessageStructure="xml"))
    assert code == "InvalidParameter"
