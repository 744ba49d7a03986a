"""An instance is pending for some seconds: at the speed of the other tests that is a tenth of a real one, and too short to be sure."""

import pytest
from botocore.exceptions import ClientError

SPEED = 5


def test_a_pending_instance_cannot_be_stopped(account, ec2):
    id_ = account.ids["worker-6"]
    ec2.start_instances(InstanceIds=[id_])
    assert ec2.start_instances(InstanceIds=[id_])["StartingInstances"][0]["InstanceId"] == id_
    with pytest.raises(ClientError) as caught:
        ec2.stop_instances(InstanceIds=[id_])
    error = caught.value.response["Error"]
    assert error["Code"] == "IncorrectInstanceState"
    assert "has never reached the 'running' state" in error["Message"]
