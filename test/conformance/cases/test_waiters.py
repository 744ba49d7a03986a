"""botocore's own waiters, and the life that they wait for."""

import pytest
from botocore.exceptions import WaiterError

UPDATE = "AWS-UpdateSSMAgent"
# The account runs fast: a waiter's delay of many seconds becomes a short one.
QUICK = {"Delay": 0.05, "MaxAttempts": 300}


def test_instance_running_after_a_start(account, ec2):
    ids = [account.ids["worker-0"], account.ids["worker-2"], account.ids["asleep"]]
    changes = ec2.start_instances(InstanceIds=ids)["StartingInstances"]
    assert [one["InstanceId"] for one in changes] == ids
    assert {one["PreviousState"]["Name"] for one in changes} == {"stopped"}
    assert {one["CurrentState"]["Name"] for one in changes} == {"pending"}
    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig=QUICK)
    states = [one["Instances"][0]["State"] for one in ec2.describe_instances(InstanceIds=ids)["Reservations"]]
    assert states == [{"Code": 16, "Name": "running"}] * 3


def test_instance_stopped_after_a_stop(account, ec2):
    ids = [account.ids["leaving"], account.ids["windows"]]
    changes = ec2.stop_instances(InstanceIds=ids)["StoppingInstances"]
    assert {one["CurrentState"]["Name"] for one in changes} == {"stopping"}
    ec2.get_waiter("instance_stopped").wait(InstanceIds=ids, WaiterConfig=QUICK)
    found = [one["Instances"][0] for one in ec2.describe_instances(InstanceIds=ids)["Reservations"]]
    assert {one["StateReason"]["Code"] for one in found} == {"Client.UserInitiatedShutdown"}


@pytest.mark.parametrize(("waiter", "who"), [("instance_running", "gone"), ("instance_stopped", "gone")])
def test_waiting_for_what_never_comes_ends_at_once(account, ec2, waiter, who):
    with pytest.raises(WaiterError) as caught:
        ec2.get_waiter(waiter).wait(InstanceIds=[account.ids[who]], WaiterConfig=QUICK)
    assert "terminal failure" in str(caught.value)


@pytest.mark.parametrize("waiter", ["instance_exists", "instance_status_ok", "system_status_ok"])
def test_other_waiters_of_the_same_operations(account, ec2, waiter):
    ec2.get_waiter(waiter).wait(InstanceIds=[account.ids["web"]], WaiterConfig=QUICK)


def test_instance_terminated(account, ec2):
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[account.ids["gone"]], WaiterConfig=QUICK)


def test_command_executed(account, ssm):
    id_ = account.ids["web"]
    command = ssm.send_command(DocumentName=UPDATE, InstanceIds=[id_])["Command"]
    assert command["Status"] == "Pending"
    # Just after a send the invocation does not exist yet, as in AWS: the waiter knows no such state and would end with it.
    ssm_waiter = ssm.get_waiter("command_executed")
    for attempt in range(200):
        try:
            ssm_waiter.wait(CommandId=command["CommandId"], InstanceId=id_, WaiterConfig=QUICK)
            break
        except WaiterError as error:
            assert "InvocationDoesNotExist" in str(error)
    invocation = ssm.get_command_invocation(CommandId=command["CommandId"], InstanceId=id_)
    assert (invocation["Status"], invocation["ResponseCode"]) == ("Success", 0)
    assert "amazon-ssm-agent updated successfully to 3.3.551.0" in invocation["StandardOutputContent"]


def test_command_executed_fails_for_a_failing_command(account, ssm):
    id_ = account.ids["fails"]
    command = ssm.send_command(DocumentName=UPDATE, InstanceIds=[id_])["Command"]["CommandId"]
    with pytest.raises(WaiterError) as caught:
        ssm.get_waiter("command_executed").wait(CommandId=command, InstanceId=id_, WaiterConfig=QUICK)
    assert caught.value.last_response["Status"] == "Failed"
    assert caught.value.last_response["ResponseCode"] == 1


def test_a_cancelled_command(account, ssm, eventually):
    id_ = account.ids["hangs"]
    command = ssm.send_command(DocumentName=UPDATE, InstanceIds=[id_])["Command"]["CommandId"]
    listed = lambda: ssm.list_command_invocations(CommandId=command)["CommandInvocations"]
    eventually(lambda: listed() and listed()[0]["Status"] == "InProgress", "the command in progress")
    ssm.cancel_command(CommandId=command)
    with pytest.raises(WaiterError) as caught:
        ssm.get_waiter("command_executed").wait(CommandId=command, InstanceId=id_, WaiterConfig=QUICK)
    assert caught.value.last_response["Status"] == "Cancelled"


def test_a_start_is_seen_by_ssm_after_its_launch(account, ec2, ssm, eventually):
    id_ = account.ids["worker-4"]
    information = lambda: ssm.describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [id_]}])[
        "InstanceInformationList"
    ]
    assert information() == []
    ec2.start_instances(InstanceIds=[id_])
    ec2.get_waiter("instance_running").wait(InstanceIds=[id_], WaiterConfig=QUICK)
    # Until the first ping of this boot it is listed with that of an earlier one.
    [agent] = eventually(
        lambda: [one for one in information() if one["PingStatus"] == "Online"], "the agent's first ping"
    )
    [instance] = ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"]
    assert agent["LastPingDateTime"] > instance["LaunchTime"]
    assert agent["AgentVersion"] == "3.2.1630.0"


def test_tags_come_and_go(account, ec2, eventually):
    id_ = account.ids["sleeper"]
    tags = lambda: {one["Key"]: one["Value"] for one in ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]["Tags"]}
    ec2.create_tags(Resources=[id_], Tags=[{"Key": "reveille:lease", "Value": "a & b <c>"}, {"Key": "empty", "Value": ""}])
    eventually(lambda: tags().get("reveille:lease") == "a & b <c>" and tags().get("empty") == "", "the tags")
    found = ec2.describe_instances(Filters=[{"Name": "tag-key", "Values": ["reveille:lease"]}])["Reservations"]
    assert [one["Instances"][0]["InstanceId"] for one in found] == [id_]
    ec2.delete_tags(Resources=[id_], Tags=[{"Key": "reveille:lease", "Value": "another"}, {"Key": "empty"}])
    eventually(lambda: "empty" not in tags(), "the end of a tag")
    assert tags()["reveille:lease"] == "a & b <c>"
