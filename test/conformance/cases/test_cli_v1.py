"""The aws CLI v1, from PyPI."""

import pytest
from cli import *  # noqa: F403  (its tests)
from cli import runner


@pytest.fixture(scope="module")
def aws(account):
    return runner(account, "v1")
