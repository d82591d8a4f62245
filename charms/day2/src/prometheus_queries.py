# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Asks Prometheus over its HTTP API."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import tempfile
from collections.abc import Generator, Mapping
from typing import Any, cast

import requests

from dataops.interfaces.prometheus_api import QueryServer
from dataops.operations import OperationError
from series import Series

_TIMEOUT_S = 20


@dataclasses.dataclass(frozen=True)
class Prometheus:
    """One Prometheus server.

    Attributes:
        url: its base address.
        ca: PEM certificates to trust for https, else empty.
        username, password: as whom to ask; empty where nobody has to log in.
    """

    url: str
    ca: str = ""
    username: str = ""
    password: str = dataclasses.field(default="", repr=False)

    @classmethod
    def connect(cls, server: QueryServer) -> Prometheus:
        """The server that the relation names."""
        return cls(server.url, server.ca, server.username, server.password)

    def range(
        self,
        expression: str,
        start: datetime.datetime,
        end: datetime.datetime,
        step: datetime.timedelta,
    ) -> tuple[Series, ...]:
        """The series of an expression over a time, ordered by labels; none when there is none.

        Raises:
            OperationError: Prometheus does not answer or refuses the expression.
        """
        params = {
            "query": expression,
            "start": str(start.timestamp()),
            "end": str(end.timestamp()),
            "step": str(step.total_seconds()),
        }
        found = [
            Series.of(each["metric"], each["values"])
            for each in self._get("query_range", params)["result"]
        ]
        return _ordered(found)

    def instant(self, expression: str) -> tuple[Series, ...]:
        """The series of an expression now, one point each.

        Raises:
            OperationError: Prometheus does not answer or refuses the expression.
        """
        answer = self._get("query", {"query": expression})["result"]
        return _ordered([Series.of(each["metric"], [each["value"]]) for each in answer])

    def alerts(self) -> tuple[dict[str, str], ...]:
        """The labels of every firing alert.

        Raises:
            OperationError: Prometheus does not answer.
        """
        alerts = self._get("alerts", {})["alerts"]
        return tuple(alert["labels"] for alert in alerts if alert["state"] == "firing")

    def down(self) -> tuple[tuple[str, str], ...]:
        """Every target that cannot be scraped: its unit (else its address) and the last error.

        Raises:
            OperationError: Prometheus does not answer.
        """
        targets = self._get("targets", {"state": "active"})["activeTargets"]
        return tuple(
            (target["labels"].get("juju_unit") or target["scrapeUrl"], target["lastError"])
            for target in targets
            if target["health"] == "down"
        )

    def _get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The data of one API call."""
        login = (self.username, self.password) if self.username else None
        with self._trust() as verify:
            try:
                answer = requests.get(
                    f"{self.url}/api/v1/{path}",
                    params=params,
                    auth=login,
                    timeout=_TIMEOUT_S,
                    verify=verify,
                )
                if answer.status_code == requests.codes.unauthorized:
                    raise OperationError(
                        f"Prometheus at {self.url} does not let {self.username or 'us'} in: it "
                        "gives a user over the relation, which may take a moment."
                    )
                body = cast("dict[str, Any]", answer.json())
            except (requests.RequestException, ValueError) as error:
                raise OperationError(
                    f"Cannot query Prometheus at {self.url}: {type(error).__name__}. "
                    "See juju run prometheus/leader health-check."
                ) from error
        if body.get("status") != "success":
            raise OperationError(f"Prometheus at {self.url} refuses: {body.get('error', '')}")
        return cast("dict[str, Any]", body["data"])

    @contextlib.contextmanager
    def _trust(self) -> Generator[str | bool]:
        """What requests verifies the server by: our CA in a file, else the machine's."""
        if not self.ca:
            yield True
            return
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.ca)
            file.flush()
            yield file.name


def _ordered(series: list[Series]) -> tuple[Series, ...]:
    """The same order every time, whatever Prometheus' own."""
    return tuple(sorted(series, key=lambda each: sorted(each.labels.items())))
