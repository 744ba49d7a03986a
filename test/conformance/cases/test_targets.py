"""Commands by targets, as a maintenance window sends them: what boto3 and the aws CLI see of them."""

import pytest
from account import LATEST, instance
from cli import runner

UPDATE = "AWS-UpdateSSMAgent"
FLEET = {
    "region": "eu-central-1",
    "agentVersion": LATEST,
    "groups": [
        {"name": "dev", "instances": [instance(1, "dev-1"), instance(2, "dev-2")]},
        {"name": "prod", "instances": [instance(3, "web", "running"), instance(4, "batch")]},
    ],
}


def group(name):
    return [{"Key": "resource-groups:Name", "Values": [name]}]


def over(ssm, eventually, command):
    def look():
        found = ssm.list_commands(CommandId=command)["Commands"]
        return found if found and found[0]["Status"] not in ("Pending", "InProgress") else None

    return eventually(look, "the end of the command")[0]


def agent(account, ssm, name):
    wanted = [{"Key": "InstanceIds", "Values": [account.ids[name]]}]
    return [one["AgentVersion"] for one in ssm.describe_instance_information(Filters=wanted)["InstanceInformationList"]]


@pytest.mark.parametrize("name", ["dev", "nowhere"])
def test_a_group_without_an_instance_awake_is_a_success(ssm, eventually, name):
    sent = ssm.send_command(DocumentName=UPDATE, Targets=group(name))["Command"]
    assert (sent["Status"], sent["TargetCount"], sent["InstanceIds"]) == ("Pending", 0, [])
    ended = over(ssm, eventually, sent["CommandId"])
    assert (ended["Status"], ended["StatusDetails"], ended["TargetCount"]) == ("Success", "NoInstancesInTag", 0)
    assert ssm.list_command_invocations(CommandId=sent["CommandId"])["CommandInvocations"] == []


def test_a_group_is_updated_where_it_is_awake(account, ssm, eventually):
    sent = ssm.send_command(DocumentName=UPDATE, Targets=group("prod"), MaxErrors="100%")["Command"]
    assert sent["TargetCount"] == 0
    ended = over(ssm, eventually, sent["CommandId"])
    assert (ended["Status"], ended["StatusDetails"], ended["TargetCount"]) == ("Success", "Success", 1)
    assert ended["Targets"] == group("prod")
    ssm.get_waiter("command_executed").wait(
        CommandId=sent["CommandId"], InstanceId=account.ids["web"], WaiterConfig={"Delay": 0.05, "MaxAttempts": 10}
    )
    assert eventually(lambda: agent(account, ssm, "web") == [LATEST], "the new version")
    assert agent(account, ssm, "batch") == []


def test_a_person_sends_to_a_tag(account, ssm, eventually):
    aws = runner(account, "v1")
    sent = aws("ssm", "send-command", "--document-name", UPDATE, "--targets", "Key=tag:Name,Values=dev-1,batch")
    command = sent["Command"]["CommandId"]
    assert over(ssm, eventually, command)["StatusDetails"] == "NoInstancesInTag"
