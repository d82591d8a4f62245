# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What ports of a model really serve, and certificates of a short life in place of the given."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import jubilant
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateSigningRequest,
    PrivateKey,
)

from dataops.certificates import Certificate as Certified
from dataops.certificates import ask_port, parse
from tests.integration.processes import eventually


def served(model: jubilant.Juju, application: str, port: int) -> Certified:
    """What that port of the application's one unit serves."""
    (unit,) = model.status().apps[application].units.values()
    found = ask_port(unit.public_address, port)
    assert found is not None, "the port serves nothing"
    return found.leaf


def hand_out(model: jubilant.Juju, application: str, port: int, seconds: float, file: Path) -> str:
    """The serial of a certificate of so short a life, handed out in place of the application's.

    It is served when this returns.
    """
    (root,) = [one for one in model.secrets() if one.label == "root"]
    kept = model.show_secret(root.uri, reveal=True).content
    told = json.loads(model.cli("show-unit", "certificates/0", "--format", "json"))
    (relation,) = [
        one
        for one in told["certificates/0"]["relation-info"]
        if one["endpoint"] == "certificates"
        and any(name.startswith(f"{application}/") for name in one["related-units"])
    ]
    (answer,) = json.loads(relation["application-data"]["certificates"])
    request = CertificateSigningRequest.from_string(answer["certificate_signing_request"])
    signed = request.sign(
        Certificate.from_string(kept["certificate"]),
        PrivateKey.from_string(kept["private-key"]),
        datetime.timedelta(seconds=seconds),
    )
    answer |= {"certificate": str(signed), "chain": [str(signed), *answer["chain"][1:]]}
    file.write_text(json.dumps({"certificates": json.dumps([answer])}))
    which = f"certificates:{relation['relation-id']}"
    model.exec(f"relation-set -r {which} --app --file {file}", unit="certificates/0")
    (read,) = parse(str(signed))
    eventually(
        lambda: served(model, application, port).serial == read.serial, 60, "the port serves it"
    )
    return read.serial
