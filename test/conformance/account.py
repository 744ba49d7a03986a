"""Starts the embedded account as a person would, and makes clients for it."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
LATEST = "3.3.551.0"
OLD = "3.2.1630.0"
START_SECONDS = 60


def node():
    """The project's own node, and not whichever is first on PATH."""
    own = ROOT / "node_modules/.bin/node"
    return str(own) if own.exists() else shutil.which("node")


def instance(number, name, state="stopped", *behaviours, platform="amazon-linux-2023"):
    return {
        "id": f"i-{number:017x}",
        "name": name,
        "state": state,
        "platform": platform,
        "agentVersion": OLD,
        "behaviours": list(behaviours),
    }


def standard_fleet():
    """One of each kind that answers differently, and enough ordinary ones to fill some pages."""
    special = [
        instance(0xA01, "web", "running"),
        instance(0xA02, "windows", "running", platform="windows"),
        instance(0xA03, "protected", "running", "stop-protected"),
        instance(0xA04, "store", "running", "instance-store"),
        instance(0xA05, "spot", "running", "spot"),
        instance(0xA06, "interrupted", "stopped", "spot"),
        instance(0xA07, "gone", "stopped", "terminated"),
        instance(0xA08, "full", "stopped", "no-capacity"),
        instance(0xA09, "asleep", "stopped", "hibernated"),
        instance(0xA0A, "fails", "running", "update-fails"),
        instance(0xA0B, "hangs", "running", "update-hangs"),
        instance(0xA0C, "silent", "running", "never-registers"),
        instance(0xA0D, "slow", "running", "slow-stop"),
        instance(0xA0E, "ghost", "stopped", "ghost"),
        instance(0xA0F, "leaving", "running"),
        instance(0xA10, "bare", "running", "no-instance-profile"),
        instance(0xA11, "sleeper", "running", "spot-persistent"),
    ]
    ordinary = [instance(0xB00 + n, f"worker-{n}", "running" if n % 2 else "stopped") for n in range(24)]
    return {
        "region": REGION,
        "agentVersion": LATEST,
        "groups": [
            {"name": "dev", "instances": special + ordinary},
            {"name": "empty", "instances": []},
            {"name": "broken", "queryError": "CLOUDFORMATION_STACK_INACTIVE", "instances": []},
        ],
    }


def documented_operations(services):
    """The table of docs/embedded-account.md, which is made from the code: (client, operation) of these services."""
    found = set()
    for line in (ROOT / "docs/embedded-account.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 3 and cells[1] in services:
            found |= {(services[cells[1]], name.strip(" `")) for name in cells[2].split(",")}
    return found


class Running:
    """An account that is being served: its address, its instances by name, and clients for it."""

    def __init__(self, speed, fleet=None, seed=1):
        self.speed = speed
        self.fleet = fleet or standard_fleet()
        self.folder = tempfile.TemporaryDirectory(prefix="reveille-conformance-")
        path = pathlib.Path(self.folder.name) / "fleet.json"
        path.write_text(json.dumps(self.fleet))
        self.output = []
        arguments = ["--fleet", str(path), "--port", "0", "--speed", str(speed), "--seed", str(seed)]
        self.process = subprocess.Popen(
            [node(), "local/commands/reveille.mjs", "account", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._ready = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        self._ready.wait(START_SECONDS)
        found = re.search(r"http://127\.0\.0\.1:(\d+)", "".join(self.output))
        if found is None:
            self.stop()
            raise RuntimeError("the account did not start:\n" + "".join(self.output))
        self.url = found.group(0)
        self.port = int(found.group(1))
        self.ids = {one["name"]: one["id"] for group in self.fleet["groups"] for one in group["instances"]}
        self.bucket = f"reveille-123456789012-{REGION}"
        self.topic = f"arn:aws:sns:{REGION}:123456789012:reveille"

    def _read(self):
        for line in self.process.stdout:
            self.output.append(line)
            if "http://127.0.0.1:" in line:
                self._ready.set()
        self._ready.set()

    def client(self, service, retries=None, **config):
        """@param retries botocore's setting; by default there are none, so that every error is seen"""
        settings = retries or {"mode": "standard", "total_max_attempts": 1}
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="AKIDTESTER",
            aws_secret_access_key="none",
            config=Config(retries=settings, connect_timeout=5, read_timeout=20, **config),
        )

    def environment(self):
        """For programs: nothing of the person's own AWS settings is seen."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ACCESS_KEY_ID": "AKIDTESTER",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }

    def date(self):
        """The account's clock, as it is in the header Date."""
        try:
            headers = urllib.request.urlopen(self.url, timeout=5).headers
        except urllib.error.HTTPError as error:
            headers = error.headers
        return parsedate_to_datetime(headers["Date"])

    @property
    def alive(self):
        return self.process.poll() is None

    def stop(self):
        """@returns its exit code"""
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(5)
        self.folder.cleanup()
        return code
