"""Step Functions, Lambda and Scheduler, as the account serves the application of template.yaml."""

import base64
import datetime
import json

import pytest
from account import LATEST, OLD, REGION, instance
from botocore.exceptions import ClientError
from model import Judge

# A run takes some ten simulated minutes.
SPEED = 300
FLEET = {
    "region": REGION,
    "agentVersion": LATEST,
    "groups": [{"name": "dev", "instances": [instance(0xC00 + n, f"one-{n}", "running" if n % 3 else "stopped") for n in range(6)]}],
}
MACHINE = f"arn:aws:states:{REGION}:123456789012:stateMachine:reveille-update-agents"
EXECUTION = MACHINE.replace(":stateMachine:", ":execution:")
INPUT = "{}"
UTC = datetime.timedelta(0)


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture(scope="module")
def states(account):
    return account.client("stepfunctions")


@pytest.fixture(scope="module")
def functions(account):
    return account.client("lambda")


def wait_for_end(states, arn):
    import time

    end = time.monotonic() + 40
    while time.monotonic() < end:
        described = states.describe_execution(executionArn=arn)
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.1)
    raise AssertionError(f"{arn} goes on and on")


@pytest.fixture(scope="module")
def run(states):
    """An execution that has ended well."""
    arn = states.start_execution(stateMachineArn=MACHINE, name="night", input=INPUT)["executionArn"]
    described = wait_for_end(states, arn)
    assert described["status"] == "SUCCEEDED", described
    return described


@pytest.fixture(scope="module")
def stopped(states, run):
    """One that was stopped."""
    arn = states.start_execution(stateMachineArn=MACHINE, name="stopped", input=INPUT)["executionArn"]
    reply = states.stop_execution(executionArn=arn, error="Enough", cause="it is late")
    assert reply["stopDate"].utcoffset() == UTC
    return arn


@pytest.fixture(scope="module")
def map_run(states, run):
    runs = states.list_map_runs(executionArn=run["executionArn"])["mapRuns"]
    assert runs, "a run has Distributed Maps"
    return runs[0]["mapRunArn"]


CALLS = [
    ("stepfunctions", "list_state_machines", lambda run, map_run: {}),
    ("stepfunctions", "describe_state_machine", lambda run, map_run: {"stateMachineArn": MACHINE}),
    ("stepfunctions", "start_execution", lambda run, map_run: {"stateMachineArn": MACHINE, "name": "shape", "input": INPUT}),
    ("stepfunctions", "stop_execution", lambda run, map_run: {"executionArn": EXECUTION + ":shape", "error": "E", "cause": "c"}),
    ("stepfunctions", "redrive_execution", lambda run, map_run: {"executionArn": EXECUTION + ":shape"}),
    ("stepfunctions", "describe_execution", lambda run, map_run: {"executionArn": run}),
    ("stepfunctions", "describe_execution", lambda run, map_run: {"executionArn": EXECUTION + ":stopped"}),
    ("stepfunctions", "describe_execution", lambda run, map_run: {"executionArn": EXECUTION + ":shape"}),
    ("stepfunctions", "get_execution_history", lambda run, map_run: {"executionArn": EXECUTION + ":shape"}),
    ("stepfunctions", "list_executions", lambda run, map_run: {"stateMachineArn": MACHINE}),
    ("stepfunctions", "list_executions", lambda run, map_run: {"mapRunArn": map_run}),
    ("stepfunctions", "get_execution_history", lambda run, map_run: {"executionArn": run, "maxResults": 1000}),
    ("stepfunctions", "get_execution_history", lambda run, map_run: {"executionArn": EXECUTION + ":stopped", "reverseOrder": True}),
    ("stepfunctions", "get_execution_history", lambda run, map_run: {"executionArn": run, "includeExecutionData": False}),
    ("stepfunctions", "list_map_runs", lambda run, map_run: {"executionArn": run}),
    ("stepfunctions", "describe_map_run", lambda run, map_run: {"mapRunArn": map_run}),
    ("lambda", "list_functions", lambda run, map_run: {}),
    ("lambda", "invoke", lambda run, map_run: {"FunctionName": "ListInstancesFunction", "Payload": b"{}"}),
    ("lambda", "invoke", lambda run, map_run: {"FunctionName": "ListInstancesFunction", "InvocationType": "DryRun"}),
    ("scheduler", "list_schedules", lambda run, map_run: {}),
    ("scheduler", "get_schedule", lambda run, map_run: {"Name": "reveille-UpdateAgentsStateMachineMonthly"}),
]


@pytest.mark.parametrize(("service", "method", "parameters"), CALLS, ids=[f"{s}-{m}-{n}" for n, (s, m, _) in enumerate(CALLS)])
def test_replies_are_as_the_model_says(account, run, stopped, map_run, service, method, parameters):
    _, problems = Judge(account.client(service)).call(method, **parameters(run["executionArn"], map_run))
    assert problems == []


def test_every_documented_operation_is_judged(account):
    from account import documented_operations

    clients = {service: account.client(service) for service, _, _ in CALLS}
    judged = {(service, clients[service].meta.method_to_api_mapping[method]) for service, method, _ in CALLS}
    assert documented_operations({"states": "stepfunctions", "lambda": "lambda", "scheduler": "scheduler"}) - judged == set()


def test_an_execution_updates_the_group_and_reports(account, run, s3):
    assert run["startDate"].utcoffset() == UTC and run["startDate"] < run["stopDate"]
    assert json.loads(run["input"]) == {}
    report = json.loads(s3.get_object(Bucket=account.bucket, Key="runs/night/report.json")["Body"].read())
    assert report
    agents = account.client("ssm").describe_instance_information(MaxResults=50)["InstanceInformationList"]
    assert {one["AgentVersion"] for one in agents} == {LATEST}
    assert LATEST != OLD


def test_names_are_idempotent_while_they_run_and_taken_afterwards(states, run):
    start = lambda name, text: states.start_execution(stateMachineArn=MACHINE, name=name, input=text)
    first = start("twice", INPUT)
    again = start("twice", INPUT)
    assert (first["executionArn"], first["startDate"]) == (again["executionArn"], again["startDate"])
    assert refusal(lambda: start("twice", '{"dryRun": true}')) == ("ExecutionAlreadyExists", 400)
    assert refusal(lambda: start("night", INPUT)) == ("ExecutionAlreadyExists", 400)
    states.stop_execution(executionArn=first["executionArn"])


def test_a_stopped_execution(states, stopped):
    described = states.describe_execution(executionArn=stopped)
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "Enough", "it is late")
    assert "output" not in described
    [last] = states.get_execution_history(executionArn=stopped, reverseOrder=True, maxResults=1)["events"]
    assert last["type"] == "ExecutionAborted"
    assert last["executionAbortedEventDetails"] == {"error": "Enough", "cause": "it is late"}


def test_the_history_tells_a_whole_story(states, run):
    events = [
        event
        for page in states.get_paginator("get_execution_history").paginate(executionArn=run["executionArn"])
        for event in page["events"]
    ]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionSucceeded")
    assert all(0 <= event["previousEventId"] < event["id"] for event in events)
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    assert events[-1]["executionSucceededEventDetails"]["output"] == run["output"]
    entered = [event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")]
    exited = [event["stateExitedEventDetails"]["name"] for event in events if event["type"].endswith("StateExited")]
    assert sorted(entered) == sorted(exited)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_of_history(states, run, size):
    pages = list(
        states.get_paginator("get_execution_history").paginate(
            executionArn=run["executionArn"], reverseOrder=True, PaginationConfig={"PageSize": size, "MaxItems": 60}
        )
    )
    ids = [event["id"] for page in pages for event in page["events"]]
    assert len(set(ids)) == len(ids) and ids == sorted(ids, reverse=True)
    assert all(len(page["events"]) <= size for page in pages)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_pages_of_executions(states, run, stopped, map_run, size):
    walk = lambda method, key, **parameters: [
        one
        for page in states.get_paginator(method).paginate(PaginationConfig={"PageSize": size}, **parameters)
        for one in page[key]
    ]
    names = [one["name"] for one in walk("list_executions", "executions", stateMachineArn=MACHINE)]
    assert len(set(names)) == len(names) and {"night", "stopped"} <= set(names)
    succeeded = walk("list_executions", "executions", stateMachineArn=MACHINE, statusFilter="SUCCEEDED")
    assert "night" in [one["name"] for one in succeeded] and {one["status"] for one in succeeded} == {"SUCCEEDED"}
    children = [one["executionArn"] for one in walk("list_executions", "executions", mapRunArn=map_run)]
    assert children and len(set(children)) == len(children)
    runs = [one["mapRunArn"] for one in walk("list_map_runs", "mapRuns", executionArn=run["executionArn"])]
    assert map_run in runs and len(set(runs)) == len(runs)
    assert [one["name"] for one in walk("list_state_machines", "stateMachines")] == ["reveille-update-agents"]


def test_executions_are_listed_newest_first(states, run, stopped):
    dates = [one["startDate"] for one in states.list_executions(stateMachineArn=MACHINE)["executions"]]
    assert dates == sorted(dates, reverse=True)


def test_a_map_run_counts_its_children(states, map_run):
    described = states.describe_map_run(mapRunArn=map_run)
    children = states.list_executions(mapRunArn=map_run)["executions"]
    assert described["status"] == "SUCCEEDED"
    assert described["executionCounts"]["total"] == described["executionCounts"]["succeeded"] == len(children)
    child = states.describe_execution(executionArn=children[0]["executionArn"])
    assert child["mapRunArn"] == map_run


def test_the_definition_is_that_of_the_project(states):
    described = states.describe_state_machine(stateMachineArn=MACHINE)
    definition = json.loads(described["definition"])
    assert definition["StartAt"] in definition["States"]
    assert "${" not in described["definition"]


NOWHERE = f"arn:aws:states:{REGION}:123456789012:stateMachine:nowhere"
REFUSALS = [
    ("start_execution", {"stateMachineArn": NOWHERE}, "StateMachineDoesNotExist"),
    ("start_execution", {"stateMachineArn": "nonsense"}, "InvalidArn"),
    ("start_execution", {"stateMachineArn": MACHINE, "name": "a b"}, "InvalidName"),
    ("start_execution", {"stateMachineArn": MACHINE, "name": "x" * 81}, "InvalidName"),
    ("start_execution", {"stateMachineArn": MACHINE, "input": "{"}, "InvalidExecutionInput"),
    ("start_execution", {"stateMachineArn": MACHINE, "input": '"' + "x" * 262_144 + '"'}, "InvalidExecutionInput"),
    ("describe_execution", {"executionArn": EXECUTION + ":unknown"}, "ExecutionDoesNotExist"),
    ("describe_execution", {"executionArn": "nonsense"}, "InvalidArn"),
    ("describe_execution", {"executionArn": MACHINE}, "InvalidArn"),
    ("stop_execution", {"executionArn": EXECUTION + ":unknown"}, "ExecutionDoesNotExist"),
    ("redrive_execution", {"executionArn": EXECUTION + ":unknown"}, "ExecutionDoesNotExist"),
    ("redrive_execution", {"executionArn": EXECUTION + ":night"}, "ExecutionNotRedrivable"),
    ("redrive_execution", {"executionArn": EXECUTION + ":night", "clientToken": "x" * 65}, "ValidationException"),
    ("get_execution_history", {"executionArn": EXECUTION + ":unknown"}, "ExecutionDoesNotExist"),
    ("get_execution_history", {"executionArn": EXECUTION + ":night", "nextToken": "what?"}, "InvalidToken"),
    ("list_executions", {"stateMachineArn": NOWHERE}, "StateMachineDoesNotExist"),
    ("list_executions", {}, "ValidationException"),
    ("list_executions", {"stateMachineArn": MACHINE, "statusFilter": "TIRED"}, "ValidationException"),
    ("list_executions", {"stateMachineArn": MACHINE, "maxResults": 1001}, "ValidationException"),
    ("list_map_runs", {"executionArn": EXECUTION + ":unknown"}, "ExecutionDoesNotExist"),
    ("describe_map_run", {"mapRunArn": f"arn:aws:states:{REGION}:123456789012:mapRun:a/b:c"}, "ResourceNotFound"),
    ("describe_state_machine", {"stateMachineArn": NOWHERE}, "StateMachineDoesNotExist"),
    ("delete_state_machine", {"stateMachineArn": MACHINE}, "UnknownOperationException"),
]


@pytest.mark.parametrize(("method", "parameters", "code"), REFUSALS, ids=[f"{m}-{c}-{n}" for n, (m, _, c) in enumerate(REFUSALS)])
def test_refusals(account, run, method, parameters, code):
    client = account.client("stepfunctions", parameter_validation=False)
    assert refusal(lambda: getattr(client, method)(**parameters)) == (code, 400)


def test_invoking_a_function_by_name_and_by_arn(functions, run):
    arns = {one["FunctionName"]: one["FunctionArn"] for one in functions.list_functions()["Functions"]}
    for name in ("ListInstancesFunction", arns["ListInstancesFunction"]):
        reply = functions.invoke(FunctionName=name, Payload=json.dumps({"groups": []}).encode())
        assert reply["StatusCode"] == 200
        # What a function throws is an answer.
        assert reply["FunctionError"] == "Unhandled"
        error = json.loads(reply["Payload"].read())
        assert {"errorType", "errorMessage"} <= set(error)


def test_pages_of_functions(functions):
    pages = list(functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2}))
    names = [one["FunctionName"] for page in pages for one in page["Functions"]]
    assert len(names) == len(set(names)) == 8 and len(pages) == 4


def test_refusals_of_lambda(account):
    client = account.client("lambda", parameter_validation=False)
    assert refusal(lambda: client.invoke(FunctionName="Unknown")) == ("ResourceNotFoundException", 404)
    assert refusal(lambda: client.invoke(FunctionName="ListInstancesFunction", Payload=b"{")) == ("InvalidRequestContentException", 400)
    assert refusal(lambda: client.list_functions(Marker="what?"))[1] == 400
    assert refusal(lambda: client.get_account_settings())[1] in (400, 404)


def test_the_schedule(account):
    client = account.client("scheduler")
    listed = [one for page in client.get_paginator("list_schedules").paginate() for one in page["Schedules"]]
    # The other one has ReconcileLeases look for what dead runs have left.
    [summary] = [one for one in listed if one["Target"]["Arn"] == MACHINE]
    assert len(listed) == 2
    schedule = client.get_schedule(Name=summary["Name"])
    assert schedule["Arn"] == summary["Arn"]
    assert schedule["ScheduleExpression"] == "cron(0 4 ? * SUN#1 *)"
    assert schedule["Target"]["Arn"] == MACHINE
    assert schedule["CreationDate"].utcoffset() == UTC
    assert refusal(lambda: client.get_schedule(Name="unknown")) == ("ResourceNotFoundException", 404)
    assert refusal(lambda: client.get_schedule(Name="n o")) == ("ValidationException", 400)


def test_the_log_of_an_invocation(functions, run):
    """Asked for, it comes; or it is refused, and never left out in silence."""
    try:
        reply = functions.invoke(FunctionName="ListInstancesFunction", LogType="Tail", Payload=b"{}")
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    else:
        base64.b64decode(reply["LogResult"])
