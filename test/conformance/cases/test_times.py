"""Times have a zone, fit the account's clock, and are in the order in which things happened."""

import datetime
import time

import pytest

UTC = datetime.timezone.utc
SPEED = 200
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(scope="module")
def told(account, ec2, ssm, s3):
    """Times of all kinds that the account has told, each with its name."""
    before = account.date()
    id_ = account.ids["web"]
    sent = ssm.send_command(DocumentName="AWS-UpdateSSMAgent", InstanceIds=[id_])["Command"]
    end = time.monotonic() + 20
    invocations = []
    while time.monotonic() < end and not (invocations and invocations[0]["Status"] == "Success"):
        invocations = ssm.list_command_invocations(CommandId=sent["CommandId"], Details=True)["CommandInvocations"]
    got = ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=id_)
    s3.put_object(Bucket=account.bucket, Key="times", Body=b"")
    [plugin] = invocations[0]["CommandPlugins"]
    return {
        "before": before,
        "LaunchTime": ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]["LaunchTime"],
        "LastPingDateTime": ssm.describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [id_]}])[
            "InstanceInformationList"
        ][0]["LastPingDateTime"],
        "RequestedDateTime": sent["RequestedDateTime"],
        "ExpiresAfter": sent["ExpiresAfter"],
        "ResponseStartDateTime": plugin["ResponseStartDateTime"],
        "ResponseFinishDateTime": plugin["ResponseFinishDateTime"],
        "ExecutionStartDateTime": datetime.datetime.fromisoformat(got["ExecutionStartDateTime"].replace("Z", "+00:00")),
        "ExecutionEndDateTime": datetime.datetime.fromisoformat(got["ExecutionEndDateTime"].replace("Z", "+00:00")),
        "LastModified (head)": s3.head_object(Bucket=account.bucket, Key="times")["LastModified"],
        "LastModified (list)": s3.list_objects_v2(Bucket=account.bucket, Prefix="times")["Contents"][0]["LastModified"],
        "after": account.date(),
    }


def test_times_are_aware_and_in_utc(told):
    assert {name: one.utcoffset() for name, one in told.items()} == dict.fromkeys(told, datetime.timedelta(0))


def test_times_fit_the_clock_of_the_account(told):
    """The header Date has whole seconds, hence the margin."""
    inside = {name: one for name, one in told.items() if name not in ("LaunchTime", "ExpiresAfter", "before", "after")}
    for name, one in inside.items():
        floor = told["before"] - (datetime.timedelta(minutes=10) if name == "LastPingDateTime" else SECOND)
        assert floor <= one <= told["after"] + SECOND, name
    assert told["LaunchTime"] < told["before"]
    # An hour to be delivered, and an hour for its steps.
    assert told["ExpiresAfter"] - told["RequestedDateTime"] == datetime.timedelta(hours=2)


def test_times_are_in_order(told):
    assert told["RequestedDateTime"] < told["ResponseStartDateTime"] < told["ResponseFinishDateTime"]
    assert abs(told["ExecutionStartDateTime"] - told["ResponseStartDateTime"]) < SECOND
    assert abs(told["ExecutionEndDateTime"] - told["ResponseFinishDateTime"]) < SECOND
    assert abs(told["LastModified (head)"] - told["LastModified (list)"]) < SECOND


def test_launch_times_have_whole_seconds_and_pings_may_have_fractions(told):
    assert told["LaunchTime"].microsecond == 0


def test_an_empty_time_is_no_time(account, ssm, eventually):
    """An update that hangs has begun, and has not ended."""
    id_ = account.ids["hangs"]
    command = ssm.send_command(DocumentName="AWS-UpdateSSMAgent", InstanceIds=[id_])["Command"]["CommandId"]
    listed = lambda: ssm.list_command_invocations(CommandId=command, Details=True)["CommandInvocations"]
    eventually(lambda: listed() and listed()[0]["Status"] == "InProgress", "the command in progress")
    assert "ResponseFinishDateTime" not in listed()[0]["CommandPlugins"][0]
    got = ssm.get_command_invocation(CommandId=command, InstanceId=id_)
    assert (got["ExecutionEndDateTime"], got["StandardOutputContent"]) == ("", "")


def test_the_clock_goes_at_its_speed(account):
    # Each date is of some moment between its question and its answer, and a busy machine keeps them apart.
    asked, first, answered = time.monotonic(), account.date(), time.monotonic()
    time.sleep(0.5)
    asked_again, second, answered_again = time.monotonic(), account.date(), time.monotonic()
    passed = (second - first).total_seconds()
    assert SPEED * 0.5 * (asked_again - answered) < passed < SPEED * 1.5 * (answered_again - asked)


def test_the_date_header_is_the_account_s_clock(account):
    """A caller that signs by the account's clock, or by its own, is let in: no request is too skewed."""
    assert account.date() > datetime.datetime(2026, 1, 1, tzinfo=UTC)
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    import botocore.httpsession

    for moment in (account.date(), datetime.datetime.now(UTC), datetime.datetime(2020, 1, 1, tzinfo=UTC)):
        request = botocore.awsrequest.AWSRequest(
            "POST",
            account.url + "/",
            data="Action=GetCallerIdentity&Version=2011-06-15",
            headers={"Content-Type": "application/x-www-form-urlencoded", "X-Amz-Date": moment.strftime("%Y%m%dT%H%M%SZ")},
        )
        scope = f"AKIDTESTER/{moment:%Y%m%d}/eu-central-1/sts/aws4_request"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0"
        assert botocore.httpsession.URLLib3Session().send(request.prepare()).status_code == 200


def test_retries_allow_for_the_skew(account):
    """botocore reads Date to know how much time is left for retries; a clock far ahead must not confuse it."""
    client = account.client("sts", retries={"mode": "standard", "total_max_attempts": 3})
    assert client.get_caller_identity()["Account"] == "123456789012"


def test_filters_by_time(account, ssm):
    now = account.date()
    text = lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    count = lambda key, moment: len(ssm.list_commands(Filters=[{"key": key, "value": text(moment)}])["Commands"])
    assert count("InvokedAfter", now + 3600 * SECOND) == 0
    assert count("InvokedBefore", now - 3600 * 24 * SECOND) == 0
    assert count("InvokedAfter", now - 3600 * 24 * SECOND) > 0
