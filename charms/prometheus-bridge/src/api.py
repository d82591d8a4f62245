# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The HTTP API of a Prometheus, as far as this charm asks it."""

from __future__ import annotations

import base64
import dataclasses
import http
import http.client
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from errors import ApiError


@dataclasses.dataclass(frozen=True)
class Answer:
    """What an HTTP server answered: its status code, and the text."""

    code: int
    text: str


@dataclasses.dataclass(frozen=True)
class Api:
    """A Prometheus to ask.

    Attributes:
        url: The base, such as `http://10.1.2.3:9090`.
        ca: The file by which an https address is trusted.
        user: As whom to ask; empty: as nobody.
        password: The file with that user's password.
    """

    url: str
    ca: Path | None = None
    user: str = ""
    password: Path | None = None

    def ready(self) -> bool:
        """Whether it serves queries; false also when nobody answers."""
        try:
            return self._get("/-/ready", {}, timeout=3).code == http.HTTPStatus.OK
        except ApiError:
            return False

    def refuses(self, user: str, password: str) -> bool:
        """Whether it refuses this login; false also when nobody answers, so nothing is proved."""
        try:
            answer = self._get("/-/ready", {}, timeout=3, login=(user, password))
        except ApiError:
            return False
        return answer.code == http.HTTPStatus.UNAUTHORIZED

    def targets(self) -> list[dict[str, Any]]:
        """Its active scrape targets, as Prometheus describes them."""
        return self._data("/api/v1/targets", {"state": "active"})["activeTargets"]

    def rules(self) -> list[dict[str, Any]]:
        """Its rules of every group, with their health."""
        groups = self._data("/api/v1/rules", {})["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def alerts(self) -> list[dict[str, Any]]:
        """Its alerts that fire, or soon will."""
        return self._data("/api/v1/alerts", {})["alerts"]

    def status(self, what: str) -> dict[str, Any]:
        """What it says of itself: `runtimeinfo`, `buildinfo`, `flags`, `tsdb`."""
        return self._data(f"/api/v1/status/{what}", {})

    def query(self, expression: str, time: str = "") -> dict[str, Any]:
        """The expression's value at a time (RFC 3339 or Unix time), by default now."""
        given = {"query": expression, "time": time}
        return self._data("/api/v1/query", {name: each for name, each in given.items() if each})

    def query_range(self, expression: str, start: str, end: str, step: str) -> dict[str, Any]:
        """The expression's values over a range, one every `step`."""
        parameters = {"query": expression, "start": start, "end": end, "step": step}
        return self._data("/api/v1/query_range", parameters)

    def metric(self, name: str) -> float | None:
        """The value of one of its own metrics that has no labels; None when it is not there."""
        for line in self._get("/metrics", {}).text.splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return float(value)
        return None

    def _data(self, path: str, parameters: Mapping[str, str]) -> Any:
        """The payload of an API answer.

        Raises:
            ApiError: Nobody answers, or the answer is an error, which is told.
        """
        answer = self._get(path, parameters)
        try:
            content = json.loads(answer.text)
        except ValueError:
            raise ApiError(f"{self.url}{path} answers {answer.code}, not JSON") from None
        if content.get("status") != "success":
            raise ApiError(f"Prometheus refuses: {content.get('error', answer.code)}")
        return content["data"]

    def _get(
        self,
        path: str,
        parameters: Mapping[str, str],
        timeout: float = 30,
        login: tuple[str, str] | None = None,
    ) -> Answer:
        """The answer, whatever it is."""
        trusted = ssl.create_default_context(cafile=str(self.ca)) if self.ca else None
        # A proxy of the environment must not stand between a unit and itself.
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted))
        address = f"{self.url}{path}?{urllib.parse.urlencode(parameters)}".rstrip("?")
        request = urllib.request.Request(address)  # noqa: S310  our own http or https address
        if login := login or self._login():
            given = base64.b64encode(":".join(login).encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {given}")
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=timeout) as found:
                return Answer(found.status, found.read().decode())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read().decode())
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(f"Cannot reach Prometheus at {self.url}: {_cause(error)}") from error

    def _login(self) -> tuple[str, str] | None:
        """User and password, as they are now."""
        if not self.user or self.password is None:
            return None
        try:
            return self.user, self.password.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None


def _cause(error: BaseException) -> str:
    """The innermost reason, without the client library's wrapping."""
    reason = getattr(error, "reason", error)
    return getattr(reason, "strerror", None) or str(reason)
