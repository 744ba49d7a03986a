"""Requests that no SDK would send: each gets an error in AWS's form, and the account lives on."""

import http.client
import json
import socket
import xml.etree.ElementTree as ElementTree

import pytest

JSON = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
MEGABYTE = 1024 * 1024


def signature(service):
    scope = f"AKIDTESTER/20261206/eu-central-1/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0123"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def code(self):
        """The error's code, wherever the protocol has it."""
        if "x-amzn-errortype" in self.headers:
            return self.headers["x-amzn-errortype"]
        if "json" in self.headers.get("content-type", ""):
            return json.loads(self.body)["__type"].split("#")[-1]
        root = ElementTree.fromstring(self.body)
        return next(node.text for node in root.iter() if node.tag.split("}")[-1] == "Code")


@pytest.fixture
def ask(account):
    def send(service, body=b"", content_type=FORM, method="POST", path="/", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", account.port, timeout=20)
        given = {"Content-Type": content_type} | ({"Authorization": signature(service)} if service else {})
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in ({"Content-Length": str(len(body))} | given).items():
                connection.putheader(name, value)
            connection.endheaders(body if isinstance(body, bytes) else body.encode())
            return Answer(connection.getresponse())
        finally:
            connection.close()

    return send


@pytest.fixture(autouse=True)
def survives(account):
    yield
    assert account.alive
    assert account.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_what_is_well_formed_is_answered(ask):
    assert ask("sts", "Action=GetCallerIdentity&Version=2011-06-15").status == 200
    assert ask("ssm", "{}", JSON, X_Amz_Target="AmazonSSM.ListCommands").status == 200
    assert ask("resource-groups", '{"Group":"dev"}', "application/json", path="/get-group").status == 200
    assert ask("ec2", method="GET", path="/?Action=DescribeInstances&Version=2016-11-15&MaxResults=5").status == 200


UNKNOWN_OPERATIONS = [
    ("ec2", "Action=RunInstances&Version=2016-11-15", {}, "InvalidAction"),
    ("ec2", "Action=constructor", {}, "InvalidAction"),
    ("ec2", "Action=__proto__", {}, "InvalidAction"),
    ("ec2", "Version=2016-11-15", {}, "MissingAction"),
    ("ec2", "", {}, "MissingAction"),
    ("sns", "Action=DeleteTopic", {}, "InvalidAction"),
    ("sts", "Action=AssumeRole", {}, "InvalidAction"),
    ("ssm", "{}", {"content_type": JSON, "X_Amz_Target": "AmazonSSM.DeleteParameter"}, "UnknownOperationException"),
    ("ssm", "{}", {"content_type": JSON, "X_Amz_Target": "hasOwnProperty"}, "UnknownOperationException"),
    ("ssm", "{}", {"content_type": JSON}, "UnknownOperationException"),
    ("resource-groups", "{}", {"content_type": "application/json", "path": "/create-group"}, "NotFoundException"),
    ("resource-groups", "{}", {"content_type": "application/json", "path": "/get-group", "method": "DELETE"}, "NotFoundException"),
    ("s3", "", {"method": "POST", "path": "/reveille-123456789012-eu-central-1/key?uploads"}, "NotImplemented"),
    ("s3", "", {"method": "PATCH", "path": "/reveille-123456789012-eu-central-1/key"}, "MethodNotAllowed"),
    ("s3", "", {"method": "PUT", "path": "/reveille-123456789012-eu-central-1"}, "MethodNotAllowed"),
    ("dynamodb", "{}", {"content_type": JSON, "X_Amz_Target": "DynamoDB_20120810.ListTables"}, "UnknownService"),
]


@pytest.mark.parametrize(("service", "body", "more", "code"), UNKNOWN_OPERATIONS, ids=range(len(UNKNOWN_OPERATIONS)))
def test_unknown_operations(ask, service, body, more, code):
    answer = ask(service, body, **more)
    assert answer.code == code
    assert 400 <= answer.status < 600 and answer.status != 500


UNKNOWN_PARAMETERS = [
    ("ec2", "Action=DescribeInstances&Colour=red", {}, "UnknownParameter"),
    ("ec2", "Action=DescribeInstances&__proto__.polluted=1", {}, "UnknownParameter"),
    ("ec2", "Action=DescribeInstances&InstanceId=i-0123456789abcdef0", {}, "InvalidParameterValue"),
    ("ec2", "Action=StartInstances", {}, "MissingParameter"),
    ("ec2", "Action=DescribeInstances&MaxResults=many", {}, "InvalidParameterValue"),
    ("ec2", "Action=DescribeInstances&" + "a." * 5000 + "b=1", {}, "InvalidParameterValue"),
    ("sns", "Action=Publish&Colour=red&Message=x", {}, "InvalidParameter"),
    ("sts", "Action=GetCallerIdentity&Colour=red", {}, "InvalidParameter"),
    ("ssm", '{"Colour":"red"}', {"content_type": JSON, "X_Amz_Target": "AmazonSSM.ListCommands"}, "ValidationException"),
    ("ssm", '{"__proto__":{"a":1}}', {"content_type": JSON, "X_Amz_Target": "AmazonSSM.ListCommands"}, "ValidationException"),
    ("ssm", '{"MaxResults":"5"}', {"content_type": JSON, "X_Amz_Target": "AmazonSSM.ListCommands"}, "ValidationException"),
    ("resource-groups", '{"Group":"dev","Colour":1}', {"content_type": "application/json", "path": "/get-group"}, "BadRequestException"),
    ("s3", "", {"method": "GET", "path": "/reveille-123456789012-eu-central-1/key?versionId=1"}, "NotImplemented"),
    ("s3", "", {"method": "PUT", "path": "/reveille-123456789012-eu-central-1/key", "x_amz_acl": "public-read"}, "NotImplemented"),
]


@pytest.mark.parametrize(("service", "body", "more", "code"), UNKNOWN_PARAMETERS, ids=range(len(UNKNOWN_PARAMETERS)))
def test_unknown_parameters(ask, service, body, more, code):
    answer = ask(service, body, **more)
    assert answer.code == code
    assert 400 <= answer.status < 600 and answer.status != 500


def test_no_request_pollutes_the_account(ask):
    ask("ec2", "Action=DescribeInstances&__proto__.MaxResults=5&constructor.prototype.MaxResults=5")
    answer = ask("ec2", "Action=DescribeInstances")
    assert answer.status == 200 and b"nextToken" not in answer.body


@pytest.mark.parametrize("body", ["{", "null", "[]", '"text"', "7", "Action=ListCommands", "\x00\x01\x02", "{}{}"])
@pytest.mark.parametrize("service", ["ssm", "resource-groups"])
def test_bodies_that_are_no_json_object(ask, service, body):
    path = "/get-group" if service == "resource-groups" else "/"
    answer = ask(service, body, JSON if service == "ssm" else "application/json", path=path, X_Amz_Target="AmazonSSM.ListCommands")
    assert (answer.status, answer.code) == (400, "SerializationException")


def test_wrong_content_types(ask):
    assert ask("ssm", "{}", "text/html", X_Amz_Target="AmazonSSM.ListCommands").code == "UnknownOperationException"
    assert ask("ec2", "Action=DescribeInstances", "application/json").code == "MissingAction"


@pytest.mark.parametrize(
    ("authorization", "code", "status"),
    [
        ("AWS4-HMAC-SHA256", "IncompleteSignature", 400),
        ("AWS4-HMAC-SHA256 " + "," * 9000, "IncompleteSignature", 400),
        (None, "MissingAuthenticationToken", 403),
        ("", "MissingAuthenticationToken", 403),
        ("Bearer abc", "IncompleteSignature", 400),
        ("AWS4-HMAC-SHA256 Credential=AKID/20261206/eu-central-1/ec2/aws4_request", "IncompleteSignature", 400),
        ("AWS4-HMAC-SHA256 Credential=AKID, SignedHeaders=host, Signature=0", "IncompleteSignature", 400),
        ("AWS4-HMAC-SHA256 Credential=AKID/x/y/ec2/z, SignedHeaders=host, Signature=0", "IncompleteSignature", 400),
    ],
)
def test_broken_signatures(ask, authorization, code, status):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = ask(None, "Action=DescribeInstances", **headers)
    assert (answer.code, answer.status) == (code, status)
    answer = ask(None, "{}", JSON, X_Amz_Target="AmazonSSM.ListCommands", **headers)
    assert (answer.code, answer.status) == (f"{code}Exception", status)
    answer = ask(None, "{}", "application/json", path="/get-group", **headers)
    assert (answer.code, answer.status) == (f"{code}Exception", status)


def test_an_unsigned_read_of_an_object(ask):
    answer = ask(None, content_type="", method="GET", path="/reveille-123456789012-eu-central-1/x")
    assert (answer.code, answer.status) == ("AccessDenied", 403)


def test_an_invocation_of_what_cannot_be_decoded(ask):
    answer = ask("lambda", "{}", "application/json", path="/2015-03-31/functions/%zz/invocations")
    assert 400 <= answer.status < 500


@pytest.mark.parametrize("service", ["ec2", "ssm", "s3", "sns"])
def test_oversized_bodies(ask, service):
    method = "PUT" if service == "s3" else "POST"
    path = "/reveille-123456789012-eu-central-1/big" if service == "s3" else "/"
    answer = ask(service, b"x" * (11 * MEGABYTE), method=method, path=path)
    assert answer.status == 413 or (service == "s3" and answer.status == 400)
    assert answer.code in ("RequestEntityTooLarge", "EntityTooLarge")


@pytest.mark.parametrize("path", ["/%zz", "/reveille-123456789012-eu-central-1/%", "/%ff%fe"])
def test_paths_that_cannot_be_decoded(ask, path):
    answer = ask("s3", method="GET", path=path)
    assert (answer.code, answer.status) == ("InvalidURI", 400)


@pytest.mark.parametrize("path", ["//", "//x//y", "/..", "/../../etc/passwd", "*", "http://other.example/", "/?%", "/?a=%zz", "/" + "x" * 8000])
@pytest.mark.parametrize("service", ["ec2", "resource-groups", "s3"])
def test_odd_paths(ask, service, path):
    answer = ask(service, method="GET", path=path)
    assert 400 <= answer.status < 500 or answer.status == 501
    assert answer.code not in ("InternalFailure", "InternalError")


@pytest.mark.parametrize("body", [b"zz\r\nabc\r\n0\r\n\r\n", b"5\r\nab", b"", b"-1\r\n\r\n", b"ffffffffff\r\nabc"])
def test_broken_chunks(ask, body):
    answer = ask(
        "s3", body, method="PUT", path="/reveille-123456789012-eu-central-1/chunks", Content_Encoding="aws-chunked"
    )
    assert (answer.code, answer.status) == ("IncompleteBody", 400)


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS client hello
        b"\x00" * 1000,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: minus one\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nxyz",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"b" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    ],
    ids=range(9),
)
def test_what_is_no_http(account, garbage):
    with socket.create_connection(("127.0.0.1", account.port), timeout=10) as connection:
        connection.sendall(garbage)
        answer = b""
        try:
            while chunk := connection.recv(4096):
                answer += chunk
                if b"\r\n\r\n" in answer:
                    break
        except ConnectionResetError:
            pass
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505"))


def test_clients_that_hang_up(account):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: " + signature("ec2").encode() + b"\r\nContent-Length: 1000\r\n\r\n"
    for part in (b"", head, head + b"half", head[:40]):
        with socket.create_connection(("127.0.0.1", account.port), timeout=10) as connection:
            connection.sendall(part)


def test_it_listens_on_the_loopback_only(account):
    ports = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = open(table).read().splitlines()[1:]
        except OSError:
            pytest.skip("no /proc here")
        ports += [line.split()[1].split(":") for line in lines if line.split()[3] == "0A"]
    assert {address for address, port in ports if int(port, 16) == account.port} == {"0100007F"}
