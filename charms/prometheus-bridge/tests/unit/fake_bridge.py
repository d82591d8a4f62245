# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A workload without processes: keeps the bridge's promises, and refuses surprises."""

import dataclasses
from typing import Any

from condition import Condition
from errors import ApiError
from plan import Admit, Configure, Install, Retire, Secure, Serve
from workload import Workload


@dataclasses.dataclass
class FakeApi:
    """A Prometheus that answers what is laid down.

    Attributes:
        answers: By the expression or the name of the call.
        users: Who is let in.
    """

    answers: dict[str, Any]
    users: set[str] = dataclasses.field(default_factory=set)

    def refuses(self, user, password):
        assert password
        return user not in self.users

    def _answer(self, name):
        if name not in self.answers:
            raise ApiError(f"Cannot reach Prometheus for {name}: Connection refused")
        return self.answers[name]

    def targets(self):
        return self._answer("targets")

    def rules(self):
        return self._answer("rules")

    def query(self, expression, time=""):
        return self._answer(f"{expression} @ {time}" if time else expression)

    def query_range(self, expression, start, end, step):
        assert end, "a range has an end"
        return self._answer(f"{expression} from {start} every {step}")


class FakeBridge:
    """Remembers the steps; runs once it was told to serve.

    Attributes:
        steps: Everything that was applied, in order.
        refusals: What it leaves out of any configuration.
        failure: What stops it; it then does not run.
        answers: What its API answers.
        files: Where the certificate is that it serves.
        requester: Who asks for another one.
        starting: Whether it runs and does not answer yet.
    """

    def __init__(self, refusals=(), failure="", **answers):
        self.steps = []
        self.refusals = tuple(refusals)
        self.failure = failure
        self.answers = answers
        self.process = None
        self.starting = False
        self.files = self.requester = None
        self._running = False

    def converge(self, steps):
        for step in steps:
            assert isinstance(step, Install | Secure | Admit | Configure | Serve | Retire)
            self.steps.append(step)
            if isinstance(step, Secure) and self.files:
                # On the disk, as the real one: later hooks read it there.
                self.files.directory.mkdir(parents=True, exist_ok=True)
                self.files.ensure(step.identity)
            if isinstance(step, Serve | Retire):
                self._running = isinstance(step, Serve) and not self.failure

    def condition(self, url, data, user=""):
        return Condition(
            version="2.42.0",
            running=self._running,
            ready=self._running and not self.starting,
            free=10**10 if data else None,
            refusals=self.refusals,
            failure=self.failure,
        )

    def api(self, url, user=""):
        assert url.startswith("http")
        return FakeApi(self.answers, set(self.last(Admit).users) if self.steps else set())

    site = Workload.site

    # The proof is the real one: it asks our API, which lets in whom it was told to.
    prove = Workload.prove

    def alert_rules(self):
        return {"groups": []}

    def last(self, kind):
        """The latest step of a kind."""
        return [step for step in self.steps if isinstance(step, kind)][-1]
