"""Objects as boto3 stores and reads them: conditions, checksums, bodies of all kinds, awkward keys."""

import hashlib
import io

import pytest
from botocore.exceptions import ClientError


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture
def place(account, request):
    return {"Bucket": account.bucket, "Key": f"objects/{request.node.name}"}


def test_an_object_is_read_as_it_was_written(s3, place):
    body = bytes(range(256)) * 40
    etag = s3.put_object(**place, Body=body, ContentType="application/x-thing")["ETag"]
    assert etag == f'"{hashlib.md5(body).hexdigest()}"'
    got = s3.get_object(**place)
    assert got["Body"].read() == body
    head = s3.head_object(**place)
    for reply in (got, head):
        assert (reply["ETag"], reply["ContentLength"], reply["ContentType"]) == (etag, len(body), "application/x-thing")
    s3.delete_object(**place)
    assert refusal(lambda: s3.get_object(**place)) == ("NoSuchKey", 404)


def test_put_if_none_match(s3, place):
    s3.put_object(**place, Body=b"first", IfNoneMatch="*")
    assert refusal(lambda: s3.put_object(**place, Body=b"second", IfNoneMatch="*")) == ("PreconditionFailed", 412)
    assert s3.get_object(**place)["Body"].read() == b"first"


def test_put_if_match(s3, place):
    assert refusal(lambda: s3.put_object(**place, Body=b"x", IfMatch='"0"')) == ("NoSuchKey", 404)
    first = s3.put_object(**place, Body=b"first")["ETag"]
    second = s3.put_object(**place, Body=b"second", IfMatch=first)["ETag"]
    assert second != first
    assert refusal(lambda: s3.put_object(**place, Body=b"third", IfMatch=first)) == ("PreconditionFailed", 412)
    assert s3.get_object(**place)["Body"].read() == b"second"


def test_delete_if_match(s3, place):
    etag = s3.put_object(**place, Body=b"x")["ETag"]
    assert refusal(lambda: s3.delete_object(**place, IfMatch='"0"')) == ("PreconditionFailed", 412)
    s3.delete_object(**place, IfMatch=etag)
    assert refusal(lambda: s3.head_object(**place)) == ("404", 404)


def test_conditional_reads(s3, place):
    etag = s3.put_object(**place, Body=b"x")["ETag"]
    assert s3.get_object(**place, IfMatch=etag)["Body"].read() == b"x"
    assert refusal(lambda: s3.get_object(**place, IfMatch='"0"')) == ("PreconditionFailed", 412)
    assert s3.get_object(**place, IfNoneMatch='"0"')["Body"].read() == b"x"
    assert refusal(lambda: s3.get_object(**place, IfNoneMatch=etag)) == ("304", 304)
    assert refusal(lambda: s3.head_object(**place, IfNoneMatch=etag)) == ("304", 304)


def test_deleting_nothing_is_no_error(s3, place):
    assert s3.delete_object(**place)["ResponseMetadata"]["HTTPStatusCode"] == 204


@pytest.mark.parametrize("key", ["a b", "a+b", "ü/ß", "x%2Fy", "<&>'\"", "\U0001f600", "a/b/c/d", "a//b", "?#", "./x", "~*()!"])
def test_awkward_keys(account, s3, key):
    place = {"Bucket": account.bucket, "Key": f"awkward/{key}"}
    s3.put_object(**place, Body=key.encode())
    assert s3.get_object(**place)["Body"].read().decode() == key
    listed = s3.list_objects_v2(Bucket=account.bucket, Prefix=place["Key"])["Contents"]
    assert [one["Key"] for one in listed if one["Key"] == place["Key"]] == [place["Key"]]
    s3.delete_object(**place)


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_in_headers(s3, place, algorithm):
    s3.put_object(**place, Body=b"checked", ChecksumAlgorithm=algorithm)
    assert s3.get_object(**place, ChecksumMode="ENABLED")["Body"].read() == b"checked"


def test_bodies_of_files_and_transfers(account, s3, place, tmp_path):
    s3.put_object(**place, Body=io.BytesIO(b"a stream"))
    assert s3.get_object(**place)["Body"].read() == b"a stream"
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"z" * 100_000)
    s3.upload_file(str(source), place["Bucket"], place["Key"])
    s3.download_file(place["Bucket"], place["Key"], str(target))
    assert target.read_bytes() == source.read_bytes()


def test_chunked_bodies_with_trailers(account, place):
    """As clients send them over TLS: botocore does so over HTTP when payloads are signed nowhere."""
    client = account.client("s3", s3={"payload_signing_enabled": False}, request_checksum_calculation="when_supported")
    headers = []
    client.meta.events.register("before-send.s3.PutObject", lambda request, **_: headers.append(dict(request.headers)))
    client.put_object(**place, Body=io.BytesIO(b"in pieces" * 1000), ChecksumAlgorithm="SHA256")
    assert client.get_object(**place)["Body"].read() == b"in pieces" * 1000


def test_an_empty_object(s3, place):
    s3.put_object(**place, Body=b"")
    assert s3.get_object(**place)["ContentLength"] == 0


def test_the_bucket_of_the_agent(account, s3):
    got = s3.get_object(Bucket="amazon-ssm-eu-central-1", Key="latest/VERSION")
    assert got["Body"].read().strip() == b"3.3.551.0"
