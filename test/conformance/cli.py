"""The basic walk by the aws CLI: what a person types, its exit codes and its words. Run for v1 and for v2."""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

UPDATE = "AWS-UpdateSSMAgent"
UNKNOWN = "i-0123456789abcdef0"


def version_of(program):
    try:
        done = subprocess.run([*program, "--version"], capture_output=True, text=True, timeout=60)
    except OSError:
        return ""
    found = re.search(r"aws-cli/(\d+\.\d+\.\d+)", done.stdout + done.stderr)
    return found.group(1) if found else ""


def version_1():
    return [sys.executable, "-m", "awscli"]


def version_2():
    """The first aws on PATH that is a 2.x, or None."""
    for folder in os.environ["PATH"].split(os.pathsep):
        program = shutil.which("aws", path=folder)
        if program and version_of([program]).startswith("2."):
            return [program]
    return None


def runner(account, name):
    """A function that runs one command line of aws, and returns its output, or its words if it is to fail."""
    program = version_1() if name == "v1" else version_2()
    if program is None:
        pytest.skip("no aws CLI 2.x on PATH (Debian: apt-get install awscli)")

    def run(*arguments, code=0):
        done = subprocess.run(
            [*program, "--endpoint-url", account.url, "--output", "json", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env=account.environment(),
        )
        assert done.returncode == code, f"aws {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}"
        if code != 0:
            return done.stderr
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout

    run.name = name
    run.program = program
    return run


def test_the_version_is_the_one_that_is_meant(aws):
    assert version_of(aws.program).startswith(aws.name[1] + ".")


def test_it_starts_updates_and_stops_an_instance(account, aws):
    id_ = account.ids["worker-0"]
    listed = aws("resource-groups", "list-group-resources", "--group", "dev")
    assert any(one["Identifier"]["ResourceArn"].endswith(id_) for one in listed["Resources"])
    state = ["--query", "Reservations[].Instances[].State.Name"]
    assert aws("ec2", "describe-instances", "--instance-ids", id_, *state) == ["stopped"]

    changes = aws("ec2", "start-instances", "--instance-ids", id_)
    assert changes["StartingInstances"][0]["CurrentState"] == {"Code": 0, "Name": "pending"}
    aws("ec2", "wait", "instance-running", "--instance-ids", id_)
    assert aws("ec2", "describe-instances", "--instance-ids", id_, *state) == ["running"]

    known = ["ssm", "describe-instance-information", "--filters", f"Key=InstanceIds,Values={id_}"]
    ping = "InstanceInformationList[0].PingStatus"
    assert any(aws(*known, "--query", ping) == "Online" for _ in range(20))
    sent = aws("ssm", "send-command", "--document-name", UPDATE, "--instance-ids", id_, "--parameters", "version=3.3.551.0")
    command = sent["Command"]["CommandId"]
    aws("ssm", "wait", "command-executed", "--command-id", command, "--instance-id", id_)
    got = aws("ssm", "get-command-invocation", "--command-id", command, "--instance-id", id_)
    assert (got["Status"], got["ResponseCode"]) == ("Success", 0)
    assert "updated successfully to 3.3.551.0" in got["StandardOutputContent"]

    aws("ec2", "stop-instances", "--instance-ids", id_)
    aws("ec2", "wait", "instance-stopped", "--instance-ids", id_)


def test_a_failing_command_fails_its_waiter(account, aws):
    id_ = account.ids["fails"]
    command = aws("ssm", "send-command", "--document-name", UPDATE, "--instance-ids", id_)["Command"]["CommandId"]
    words = aws("ssm", "wait", "command-executed", "--command-id", command, "--instance-id", id_, code=255)
    assert "Waiter CommandExecuted failed" in words


def test_it_copies_lists_and_removes_objects(account, aws, tmp_path):
    folder = f"s3://{account.bucket}/cli-{aws.name}"
    source, target = tmp_path / "a b.txt", tmp_path / "back.txt"
    source.write_text("some text\n")
    aws("s3", "cp", str(source), f"{folder}/deep/a b.txt")
    aws("s3", "cp", str(source), f"{folder}/top.txt")
    listing = aws("s3", "ls", f"{folder}/")
    assert "PRE deep/" in listing and "top.txt" in listing
    assert "deep/a b.txt" in aws("s3", "ls", f"{folder}/", "--recursive")
    aws("s3", "cp", f"{folder}/deep/a b.txt", str(target))
    assert target.read_text() == "some text\n"
    head = aws("s3api", "head-object", "--bucket", account.bucket, "--key", f"cli-{aws.name}/top.txt")
    assert head["ContentLength"] == 10
    aws("s3", "rm", f"{folder}/", "--recursive")
    aws("s3", "ls", f"{folder}/", code=1)


def test_it_syncs_a_folder(account, aws, tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(str(number))
    folder = f"s3://{account.bucket}/sync-{aws.name}/"
    aws("s3", "sync", str(tmp_path), folder)
    assert aws("s3", "ls", folder).count(".txt") == 3


def walk(*runs):
    """Calls that have nothing to do with each other, at once."""
    with concurrent.futures.ThreadPoolExecutor(len(runs)) as pool:
        return [future.result() for future in [pool.submit(run) for run in runs]]


def test_the_other_services(account, aws):
    identity, published, group, statuses, attribute, sessions = walk(
        lambda: aws("sts", "get-caller-identity"),
        lambda: aws("sns", "publish", "--topic-arn", account.topic, "--subject", "hello", "--message", "from the <CLI>"),
        lambda: aws("resource-groups", "get-group", "--group", "dev"),
        lambda: aws("ec2", "describe-instance-status", "--include-all-instances", "--page-size", "7"),
        lambda: aws("ec2", "describe-instance-attribute", "--instance-id", account.ids["protected"], "--attribute", "disableApiStop"),
        lambda: aws("ssm", "describe-sessions", "--state", "Active"),
    )
    assert identity["Account"] == "123456789012" and "AKIDTESTER" in identity["Arn"]
    assert re.fullmatch(r"[0-9a-f-]{36}", published["MessageId"])
    assert group["Group"]["Name"] == "dev"
    assert len(statuses["InstanceStatuses"]) == len(account.ids) - 1
    assert attribute["DisableApiStop"] == {"Value": True}
    assert sessions == {"Sessions": []}


def test_tags_and_filters(account, aws):
    id_ = account.ids["sleeper"]
    tag = f"by-{aws.name}"
    aws("ec2", "create-tags", "--resources", id_, "--tags", f"Key={tag},Value=yes")
    query = ["--filters", f"Name=tag:{tag},Values=yes", "--query", "Reservations[].Instances[].InstanceId"]
    assert any(aws("ec2", "describe-instances", *query) == [id_] for _ in range(10))
    aws("ec2", "delete-tags", "--resources", id_, "--tags", f"Key={tag}")


def test_errors_have_codes_and_words(account, aws):
    """v1 exits with 255 for whatever a service refuses, v2 with 254; 252 is a bad command line in both."""
    refused = 255 if aws.name == "v1" else 254
    unknown, malformed, protected, command, group, topic, key = walk(
        lambda: aws("ec2", "describe-instances", "--instance-ids", UNKNOWN, code=refused),
        lambda: aws("ec2", "start-instances", "--instance-ids", "xyz", code=refused),
        lambda: aws("ec2", "stop-instances", "--instance-ids", account.ids["protected"], code=refused),
        lambda: aws("ssm", "send-command", "--document-name", UPDATE, "--instance-ids", UNKNOWN, code=refused),
        lambda: aws("resource-groups", "get-group", "--group", "nowhere", code=refused),
        lambda: aws("sns", "publish", "--topic-arn", account.topic + "x", "--message", "x", code=refused),
        lambda: aws("s3api", "get-object", "--bucket", account.bucket, "--key", "nothing", os.devnull, code=refused),
    )
    told = "An error occurred ({}) when calling the {} operation: {}"
    assert told.format("InvalidInstanceID.NotFound", "DescribeInstances", f"The instance ID '{UNKNOWN}' does not exist") in unknown
    assert told.format("InvalidInstanceID.Malformed", "StartInstances", 'Invalid id: "xyz"') in malformed
    assert told.format("OperationNotPermitted", "StopInstances", "The instance") in protected
    assert told.format("InvalidInstanceId", "SendCommand", f"Instances [[{UNKNOWN}]] not in a valid state") in command
    assert told.format("NotFoundException", "GetGroup", "Cannot find group") in group
    assert told.format("NotFound", "Publish", "Topic does not exist") in topic
    assert told.format("NoSuchKey", "GetObject", "The specified key does not exist.") in key


def test_it_runs_the_state_machine(account, aws):
    machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:reveille-update-agents"
    listed = aws("stepfunctions", "list-state-machines")["stateMachines"]
    assert [one["stateMachineArn"] for one in listed] == [machine]
    started = aws(
        "stepfunctions", "start-execution", "--state-machine-arn", machine, "--name", "first", "--input", '{"groups":["dev"],"dryRun":true}'
    )
    execution = ["--execution-arn", started["executionArn"]]
    assert any(aws("stepfunctions", "describe-execution", *execution)["status"] == "SUCCEEDED" for _ in range(20))
    history = aws("stepfunctions", "get-execution-history", *execution, "--page-size", "5")
    assert history["events"][-1]["type"] == "ExecutionSucceeded"
    executions = aws("stepfunctions", "list-executions", "--state-machine-arn", machine)["executions"]
    # The account's clock may have passed the schedule's hour, and then the schedule has begun a run of its own.
    assert "first" in [one["name"] for one in executions]
    output = json.loads(aws("stepfunctions", "describe-execution", *execution)["output"])
    assert output


def test_it_invokes_a_function(account, aws, tmp_path):
    output = tmp_path / "output.json"
    raw = [] if aws.name == "v1" else ["--cli-binary-format", "raw-in-base64-out"]
    name = aws("lambda", "list-functions", "--query", "Functions[0].FunctionName")
    reply = aws("lambda", "invoke", "--function-name", name, "--payload", '{"input":{"groups":[]}}', *raw, str(output))
    assert (reply["StatusCode"], reply["FunctionError"]) == (200, "Unhandled")
    assert "errorType" in json.loads(output.read_text())


def test_it_reads_the_schedule(aws):
    names = aws("scheduler", "list-schedules", "--query", "Schedules[].Name")
    expressions = [aws("scheduler", "get-schedule", "--name", name)["ScheduleExpression"] for name in names]
    assert sorted(one.split("(")[0] for one in expressions) == ["cron", "rate"]


def test_copying_what_is_not_there(account, aws, tmp_path):
    words = aws("s3", "cp", f"s3://{account.bucket}/nothing", str(tmp_path / "x"), code=1)
    assert "An error occurred (404) when calling the HeadObject operation" in words
    words = aws("s3", "ls", "s3://another-bucket/", code=255 if aws.name == "v1" else 254)
    assert "NoSuchBucket" in words


def test_the_endpoint_from_the_environment(account, aws):
    """What the account prints at its start. CLI v2 knows AWS_ENDPOINT_URL from 2.13 on; Debian 12 has an older one."""
    if aws.name == "v2" and tuple(map(int, version_of(aws.program).split("."))) < (2, 13, 0):
        pytest.skip(f"aws CLI {version_of(aws.program)} does not know AWS_ENDPOINT_URL: it wants --endpoint-url")
    done = subprocess.run(
        [*aws.program, "sts", "get-caller-identity", "--output", "json"],
        capture_output=True,
        text=True,
        timeout=60,
        env=account.environment() | {"AWS_ENDPOINT_URL": account.url},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Account"] == "123456789012"
