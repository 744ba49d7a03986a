"""Holds replies against botocore's own models: the parsed reply, and the raw body, where unknown members can be found."""

import datetime
import json
import re
import xml.etree.ElementTree as ElementTree

TYPES = {
    "string": str,
    "character": str,
    "integer": int,
    "long": int,
    "float": (float, int),
    "double": (float, int),
    "boolean": bool,
    "structure": dict,
    "map": dict,
    "list": list,
    "timestamp": datetime.datetime,
}
# Where AWS itself does not do what its model says: EC2's platform is in lower case, and Run Command's times have
# milliseconds, for which the pattern has no room (see the examples in the API reference of both).
UNLIKE_ITS_MODEL = {"PlatformValues": ["windows"], "StringDateTime": []}
ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def problems_of_parsed(value, shape, path=""):
    """What is wrong with a reply as botocore has parsed it: types, required members, limits, times without a zone."""
    kind = shape.type_name
    if kind == "blob":
        return
    expected = TYPES[kind]
    if not isinstance(value, expected) or (kind in ("integer", "long") and isinstance(value, bool)):
        yield f"{path}: {type(value).__name__} instead of {kind}"
        return
    if kind == "structure":
        for name in getattr(shape, "required_members", []):
            if name not in value:
                yield f"{path}.{name}: required, and missing"
        for name, member in value.items():
            if name == "ResponseMetadata" and path == "":
                continue
            if name not in shape.members:
                yield f"{path}.{name}: not in the model"
            else:
                yield from problems_of_parsed(member, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        for index, item in enumerate(value):
            yield from problems_of_parsed(item, shape.member, f"{path}[{index}]")
    elif kind == "map":
        for key, item in value.items():
            yield from problems_of_parsed(key, shape.key, f"{path}({key})")
            yield from problems_of_parsed(item, shape.value, f"{path}[{key}]")
    elif kind == "timestamp":
        if value.utcoffset() != datetime.timedelta(0):
            yield f"{path}: {value} is not in UTC"
    elif kind == "string":
        enum = getattr(shape, "enum", [])
        if enum and value not in enum and value not in UNLIKE_ITS_MODEL.get(shape.name, []):
            yield f"{path}: {value!r} is none of {enum}"
        pattern = shape.metadata.get("pattern")
        # Java's classes for characters are not Python's.
        sound = pattern and "\\p" not in pattern and shape.name not in UNLIKE_ITS_MODEL
        if sound and value and not re.search(f"^(?:{pattern})$", value, re.DOTALL):
            yield f"{path}: {value!r} does not match {pattern}"
        if len(value) > shape.metadata.get("max", len(value)):
            yield f"{path}: {len(value)} characters; at most {shape.metadata['max']}"


def problems_of_json(value, shape, path=""):
    """Members of a JSON body that the model does not know, and values that JSON writes otherwise."""
    kind = shape.type_name
    if value is None:
        yield f"{path}: null"
    elif kind == "structure":
        if not isinstance(value, dict):
            yield f"{path}: no object"
            return
        known = {
            member.serialization.get("name", name): member
            for name, member in shape.members.items()
            if member.serialization.get("location") is None
        }
        for name, member in value.items():
            if name not in known:
                yield f"{path}.{name}: unknown member"
            else:
                yield from problems_of_json(member, known[name], f"{path}.{name}")
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: no array"
            return
        for index, item in enumerate(value):
            yield from problems_of_json(item, shape.member, f"{path}[{index}]")
    elif kind == "map":
        for key, item in value.items():
            yield from problems_of_json(item, shape.value, f"{path}[{key}]")
    elif kind == "timestamp":
        # Seconds since the epoch, unless the model says something else.
        format_ = shape.serialization.get("timestampFormat", "unixTimestamp")
        if format_ == "unixTimestamp":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                yield f"{path}: {value!r} is no number of seconds"
        elif not ISO.match(str(value)):
            yield f"{path}: {value!r} is no ISO 8601 time"
    elif kind in ("integer", "long", "float", "double", "boolean", "string"):
        good = isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
        if not good:
            yield f"{path}: {value!r} instead of {kind}"


def tag_of(node):
    return node.tag.split("}")[-1]


def problems_of_xml(node, shape, path="", list_item="member"):
    """Elements of an XML body that the model does not know, and texts that do not say what the model wants."""
    kind = shape.type_name
    if kind == "structure":
        known = {}
        for name, member in shape.members.items():
            if member.serialization.get("location") is not None:
                continue
            flat = member.type_name == "list" and member.serialization.get("flattened")
            wire = member.serialization.get("name", name)
            if flat and "name" not in member.serialization:
                wire = member.member.serialization.get("name", wire)
            known[wire] = (member, flat)
        seen = set()
        for child in node:
            name = tag_of(child)
            if name not in known:
                yield f"{path}/{name}: unknown element"
                continue
            member, flat = known[name]
            if name in seen and not flat:
                yield f"{path}/{name}: stands there twice"
            seen.add(name)
            yield from problems_of_xml(child, member.member if flat else member, f"{path}/{name}", list_item)
    elif kind == "list":
        item = shape.member.serialization.get("name", list_item)
        for index, child in enumerate(node):
            if tag_of(child) != item:
                yield f"{path}/{tag_of(child)}: not an element {item}"
            else:
                yield from problems_of_xml(child, shape.member, f"{path}[{index}]", list_item)
    elif len(node) > 0:
        yield f"{path}: has children, and is a {kind}"
    else:
        text = node.text or ""
        if kind == "boolean" and text not in ("true", "false"):
            yield f"{path}: {text!r} is no boolean"
        if kind in ("integer", "long") and not re.fullmatch(r"-?\d+", text):
            yield f"{path}: {text!r} is no integer"
        if kind == "timestamp" and not ISO.match(text):
            yield f"{path}: {text!r} is no ISO 8601 time"


def problems_of_raw(body, operation, protocol):
    """What is wrong with a raw body, by the service's protocol."""
    shape = operation.output_shape
    if shape is None:
        if protocol in ("json", "rest-json") and body not in (b"", b"{}"):
            yield f"a body where there is no output: {body[:80]!r}"
        return
    payload = shape.serialization.get("payload")
    if payload is not None:
        if shape.members[payload].type_name == "blob":
            return
        shape = shape.members[payload]
    if protocol in ("json", "rest-json"):
        yield from problems_of_json(json.loads(body or b"{}"), shape)
        return
    if body == b"":
        if any(member.serialization.get("location") is None for member in shape.members.values()):
            yield "an empty body"
        return
    root = ElementTree.fromstring(body)
    if protocol == "ec2":
        if tag_of(root) != f"{operation.name}Response":
            yield f"the root is {tag_of(root)}"
        ids = [child for child in root if tag_of(child) == "requestId"]
        if len(ids) != 1:
            yield f"{len(ids)} elements requestId"
        for child in ids:
            root.remove(child)
        # `return` is in every reply that says just yes; models leave it out.
        if not shape.members:
            for child in [child for child in root if tag_of(child) == "return"]:
                root.remove(child)
        yield from problems_of_xml(root, shape, list_item="item")
    elif protocol == "query":
        names = [tag_of(child) for child in root]
        if names != [f"{operation.name}Result", "ResponseMetadata"]:
            yield f"the root has {names}"
            return
        yield from problems_of_xml(root[0], shape)
    else:
        yield from problems_of_xml(root, shape)


class Judge:
    """Makes calls on a client, and says what is wrong with each reply."""

    def __init__(self, client):
        self.client = client
        self.bodies = []
        client.meta.events.register("before-parse", self._keep)

    def _keep(self, response_dict, **_):
        body = response_dict["body"]
        self.bodies.append((response_dict, body if isinstance(body, bytes) else b""))

    def call(self, method, **parameters):
        """@returns the reply and its problems"""
        self.bodies.clear()
        reply = getattr(self.client, method)(**parameters)
        service = self.client.meta.service_model
        operation = service.operation_model(self.client.meta.method_to_api_mapping[method])
        response, body = self.bodies[-1]
        problems = [f"raw {one}" for one in problems_of_raw(body, operation, service.resolved_protocol)]
        parsed = {name: value for name, value in reply.items() if name != "ResponseMetadata"}
        if operation.output_shape is not None:
            problems += [f"parsed {one}" for one in problems_of_parsed(parsed, operation.output_shape)]
        elif parsed:
            problems.append(f"parsed {sorted(parsed)} where there is no output")
        if not reply["ResponseMetadata"].get("RequestId"):
            problems.append("no request ID")
        content_types = {"json": "application/x-amz-json-1.", "rest-json": "application/json"}
        wanted = content_types.get(service.resolved_protocol, "")
        got = response["headers"].get("content-type", "")
        if not got.startswith(wanted):
            problems.append(f"content type {got}")
        return reply, problems
