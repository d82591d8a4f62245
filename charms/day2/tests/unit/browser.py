# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A real browser, driven over its debugging pipe: what a page shows, asks for, complains of."""

import base64
import contextlib
import dataclasses
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
    "about:blank",
)
PHONE, DESK = (390, 844), (1280, 900)


def program():
    """The browser of this machine; None when there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@dataclasses.dataclass
class Seen:
    """What a page did: addresses that it asked for, complaints, and how wide it became."""

    requests: list
    complaints: list
    width: int
    background: str
    too_wide: list


class Browser:
    """One browser process. Use as a context manager."""

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        home = self._stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        hear, ours_out = os.pipe()
        ours_in, tell = os.pipe()
        # The browser reads from 3 and writes to 4.
        command = f'exec 3<&{hear} 4>&{tell}; exec "$@"'
        argv = [program(), f"--user-data-dir={home}", *_ARGUMENTS]
        self._process = subprocess.Popen(
            ["bash", "-c", command, "bash", *argv],
            pass_fds=(hear, tell),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": home},
        )
        os.close(hear)
        os.close(tell)
        self._in, self._out = ours_in, ours_out
        self._buffer, self._number, self.events = b"", 0, []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(each["targetId"] for each in targets if each["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *error):
        with contextlib.suppress(Exception):
            self._session = None
            self.call("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._stack.close()

    _session = None

    def look(self, path, size, scheme="light", shot=None) -> Seen:
        """Open a file as such a screen shows it; with `shot`, keep a picture of the whole page."""
        width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.events.clear()
        self.call("Page.navigate", url=f"file://{path}")
        self._until(lambda event: event["method"] == "Page.loadEventFired")
        found = Seen(
            requests=[
                e["params"]["request"]["url"]
                for e in self.events
                if e["method"] == "Network.requestWillBeSent"
            ],
            complaints=[
                json.dumps(e["params"])
                for e in self.events
                if e["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")
            ],
            width=self._value("document.documentElement.scrollWidth"),
            background=self._value("getComputedStyle(document.body).backgroundColor"),
            too_wide=self._value(
                "[...document.querySelectorAll('.sheet')].filter(e => e.scrollWidth > "
                "e.clientWidth + 1).map(e => e.querySelector('caption,h3')?.textContent ?? '')"
            ),
        )
        if shot:
            picture = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            shot.write_bytes(base64.b64decode(picture))
        return found

    def _value(self, expression):
        """What an expression gives in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def call(self, method, **params):
        """The answer to one call of the browser's protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda each: each.get("id") == self._number)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _until(self, wanted):
        """The first message that is wanted; events on the way are kept."""
        deadline = time.monotonic() + 120
        for event in self.events:
            if wanted(event):
                return event
        while True:
            while b"\0" not in self._buffer:
                assert select.select([self._in], [], [], deadline - time.monotonic())[0], "silent"
                self._buffer += os.read(self._in, 1 << 20)
            line, _, self._buffer = self._buffer.partition(b"\0")
            message = json.loads(line)
            if "method" in message:
                self.events.append(message)
            if wanted({"method": "", **message}):
                return message
