# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What ports of a model really serve, and certificates of a short life in place of the given."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import jubilant
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateSigningRequest,
    PrivateKey,
)

from dataops.certificates import Certificate as Certified
from dataops.certificates import ask_port, parse
from dataops.testing.authority import FakeAuthority
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
    kept = _root(model)
    (answer,) = json.loads(_relation(model, application)["application-data"]["certificates"])
    request = CertificateSigningRequest.from_string(answer["certificate_signing_request"])
    signed = request.sign(
        Certificate.from_string(kept["certificate"]),
        PrivateKey.from_string(kept["private-key"]),
        datetime.timedelta(seconds=seconds),
    )
    answer |= {"certificate": str(signed), "chain": [str(signed), *answer["chain"][1:]]}
    tell(model, application, file, certificates=[answer])
    (read,) = parse(str(signed))
    eventually(
        lambda: served(model, application, port).serial == read.serial, 60, "the port serves it"
    )
    return read.serial


def authority(model: jubilant.Juju) -> FakeAuthority:
    """One that signs as the model's provider does, and errs as it is told."""
    kept = _root(model)
    return FakeAuthority.holding(kept["certificate"], kept["private-key"])


def asked(model: jubilant.Juju, application: str) -> str:
    """The request of the application's one unit, PEM."""
    (unit,) = _relation(model, application)["related-units"].values()
    (one,) = json.loads(unit["data"]["certificate_signing_requests"])
    return one["certificate_signing_request"]


def tell(model: jubilant.Juju, application: str, file: Path, **bag: Any) -> None:
    """Have the provider answer this to the application, whatever it thinks of it itself.

    Args:
        model: the model.
        application: who asked.
        file: to write the answer to.
        bag: keys of the databag, as what stands there in JSON.
    """
    file.write_text(json.dumps({key: json.dumps(value) for key, value in bag.items()}))
    which = f"certificates:{_relation(model, application)['relation-id']}"
    model.exec(f"relation-set -r {which} --app --file {file}", unit="certificates/0")


def _root(model: jubilant.Juju) -> dict[str, str]:
    (root,) = [one for one in model.secrets() if one.label == "root"]
    return model.show_secret(root.uri, reveal=True).content


def _relation(model: jubilant.Juju, application: str) -> dict[str, Any]:
    """The provider's relation with the application, as `juju show-unit` tells it."""
    told = json.loads(model.cli("show-unit", "certificates/0", "--format", "json"))
    (relation,) = [
        one
        for one in told["certificates/0"]["relation-info"]
        if one["endpoint"] == "certificates"
        and any(name.startswith(f"{application}/") for name in one["related-units"])
    ]
    return relation
