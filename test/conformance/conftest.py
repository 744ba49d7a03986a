import os
import sys
import time

import pytest

pytest.register_assert_rewrite("cli")
sys.path.insert(0, os.path.dirname(__file__))
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")

from account import Running  # noqa: E402  (the path and the environment come first)


@pytest.fixture(scope="module")
def account(request):
    """An account of each module's own, at its SPEED (simulated seconds a second), with its FLEET."""
    running = Running(getattr(request.module, "SPEED", 200), getattr(request.module, "FLEET", None))
    yield running
    was_alive = running.alive
    code = running.stop()
    assert was_alive, f"the account died (exit code {code}):\n{''.join(running.output)}"
    assert code == 0, f"the account ended with exit code {code}:\n{''.join(running.output)}"


@pytest.fixture(scope="module")
def ec2(account):
    return account.client("ec2")


@pytest.fixture(scope="module")
def ssm(account):
    return account.client("ssm")


@pytest.fixture(scope="module")
def s3(account):
    return account.client("s3")


@pytest.fixture
def eventually():
    """Waits, for some seconds, until a condition holds; what it gives is returned."""

    def wait(condition, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            time.sleep(0.02)
        raise AssertionError(f"it never came: {what}")

    return wait
