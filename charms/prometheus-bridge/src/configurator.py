# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Brings checked configuration into place: whatever Prometheus would refuse stays outside.

promtool judges every rule and every job before a file of ours changes, so a fault in what one
application brings costs that application the faulty part and nobody else anything.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from checks import bad_rules, config_fault
from configuration import Source, Tuning, prometheus_yml
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from errors import BridgeError
from plan import Configure, Files
from rules import Refusal, Rule, rule_file

Verdicts = dict[str, dict[int, str]]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of the sources.

    Attributes:
        refusals: What was left out.
        verdicts: To hand in next time, so that nothing is judged twice.
    """

    refusals: tuple[Refusal, ...]
    verdicts: Verdicts


@dataclasses.dataclass(frozen=True)
class Configurator:
    """Writes the configuration of one unit.

    Attributes:
        files: Where.
        promtool: The judge.
        scratch: A directory for what is judged.
        user: Who reads the files; None: oneself.
    """

    files: Files
    promtool: Path
    scratch: Path
    user: str | None = None

    def ensure(self, step: Configure, verdicts: Mapping[str, Mapping[int, str]]) -> Outcome:
        """Has rules, certificates and prometheus.yml in place.

        Raises:
            BridgeError: What remains without any source is refused; the old file stays.
        """
        refusals = [refusal for source in step.sources for refusal in source.refusals]
        self._certificates(step.sources)
        judged: Verdicts = {}
        for source in step.sources:
            refusals += self._rules(source, verdicts, judged)
        self._forget_others(self.files.rules, {f"{source.name}.yml" for source in step.sources})
        refusals += self._jobs(step.tuning, step.sources)
        return Outcome(tuple(refusals), judged)

    def digest(self) -> str:
        """Names what is in place now, to compare with what a process has read."""
        found = hashlib.sha256()
        for path in sorted([self.files.config, *self.files.rules.glob("*.yml")]):
            if path.is_file():
                found.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
        return found.hexdigest()

    def _certificates(self, sources: Sequence[Source]) -> None:
        """The PEM files that jobs refer to."""
        self._directory(self.files.source_certificates)
        wanted = {name: text for source in sources for name, text in source.certificates.items()}
        for name, text in wanted.items():
            path = self.files.source_certificates / name
            ensure_contents(path, text, mode=0o600, owner=self.user)
        self._forget_others(self.files.source_certificates, set(wanted))

    def _rules(
        self, source: Source, known: Mapping[str, Mapping[int, str]], judged: Verdicts
    ) -> list[Refusal]:
        """Installs the good rules of one source; the bad ones."""
        self._directory(self.files.rules)
        path = self.files.rules / f"{source.name}.yml"
        key = hashlib.sha256(f"{self.promtool}\n{rule_file(source.rules)}".encode()).hexdigest()
        bad = dict(known[key]) if key in known else self._judge(source.rules)
        judged[key] = bad
        good = [rule for position, rule in enumerate(source.rules) if position not in bad]
        if good:
            ensure_contents(path, rule_file(good), mode=0o600, owner=self.user)
        else:
            ensure_absent(path)
        return [
            Refusal(source.relation, source.application, f"rule {_name(source, at)}", reason)
            for at, reason in bad.items()
        ]

    def _judge(self, rules: Sequence[Rule]) -> dict[int, str]:
        """What promtool says of each rule."""
        return bad_rules(self.promtool, rules, self.scratch)

    def _jobs(self, tuning: Tuning, sources: Sequence[Source]) -> list[Refusal]:
        """Installs prometheus.yml with the good jobs; the bad ones."""
        jobs = [(source, job) for source in sources for job in source.jobs]
        refusals: list[Refusal] = []
        text = prometheus_yml(tuning, [job for _, job in jobs])
        if self._in_place(text):
            return []
        if self._fault(text):
            refusals = [refusal for each in jobs if (refusal := self._job_fault(tuning, *each))]
            bad = {refusal.what for refusal in refusals}
            text = prometheus_yml(tuning, [job for _, job in jobs if _title(job) not in bad])
            if not self._in_place(text) and (fault := self._fault(text)):
                raise BridgeError(
                    f"Prometheus refuses its configuration, the old one stays: {fault}"
                )
        ensure_contents(self.files.config, text, mode=0o600, owner=self.user)
        return refusals

    def _job_fault(self, tuning: Tuning, source: Source, job: Mapping[str, Any]) -> Refusal | None:
        """The refusal of a job that alone already is refused."""
        fault = self._fault(prometheus_yml(tuning, [job]))
        return Refusal(source.relation, source.application, _title(job), fault) if fault else None

    def _fault(self, text: str) -> str:
        """What promtool says of a prometheus.yml."""
        return config_fault(self.promtool, text, self.scratch)

    def _in_place(self, text: str) -> bool:
        """Whether this prometheus.yml is installed, hence was judged."""
        path = self.files.config
        return path.is_file() and path.read_text(encoding="utf-8") == text

    def _directory(self, path: Path) -> None:
        """A directory that only the workload enters."""
        ensure_directory(path, mode=0o700, owner=self.user)

    @staticmethod
    def _forget_others(directory: Path, wanted: set[str]) -> None:
        """Removes what a source that has gone left behind."""
        for path in directory.iterdir():
            if path.name not in wanted:
                ensure_absent(path)


def _title(job: Mapping[str, Any]) -> str:
    """What to call a job; job names are unique."""
    return f"scrape job {job['job_name']}"


def _name(source: Source, position: int) -> str:
    """What to call a rule."""
    return source.rules[position].name
