# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Facts as a test needs them: a unit that has everything, and what to leave out of it."""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import accounts
from accounts import PEOPLE, Account, Accounts, Holder
from dataops.certificates import Assigned, TlsState, parse
from dataops.host.paths import UnitPaths
from dataops.interfaces.prometheus_scrape import ScrapedUnit, ScrapeJob, ScrapeSource
from dataops.interfaces.topology import Topology
from observed import Config, Observed

UUID = "12345678-0000-4000-8000-000000000000"
OWN = Topology(
    model="m",
    model_uuid=UUID,
    application="prometheus",
    unit="prometheus/0",
    charm_name="prometheus-bridge",
)
KAFKA = OWN.model_copy(update={"application": "kafka", "unit": "kafka/0", "charm_name": "kafka"})
# The bcrypt hash of "hush", as Prometheus takes it; at the lowest cost, because tests wait for it.
HASH = "$2b$04$Is0/bDYNoywVPBt13hh.PeX/1x5OcLGJ/oB5UioR71JUfLVbiUXse"
ACCOUNTS = Accounts(
    {name: Holder(1, Account(name, "hush", HASH)) for name in (accounts.OWN, PEOPLE)}
)
DOWN = {"alert": "KafkaDown", "expr": "up == 0", "labels": {"severity": "critical"}}


def certificate(address="10.0.0.9"):
    """A certificate that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "prometheus-0")])
    now = datetime.datetime.now(datetime.timezone.utc)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = built.public_bytes(Encoding.PEM).decode()
    return pem, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def tls(address="10.0.0.9"):
    """A provider is related, and has answered."""
    text, key = certificate(address)
    assigned = Assigned(key + text, text, parse(text)[0].serial, expires=4e9)
    return TlsState(wanted=True, assigned=assigned)


TLS = tls()
CERTIFICATE = TLS.identity


def source(*rules, relation=7, target="*:9101", address="127.0.0.1", **job):
    """A relation with one job, one unit and these rules."""
    return ScrapeSource(
        relation=relation,
        application="kafka",
        topology=KAFKA,
        jobs=(ScrapeJob.model_validate({"static_configs": [{"targets": [target]}], **job}),),
        units=(ScrapedUnit("kafka/0", address),),
        alert_rules={"groups": [{"name": "g", "rules": list(rules)}]} if rules else {},
    )


def observed(root=pathlib.Path("/agent"), **changes):
    """The facts of a unit in good order, with these changes."""
    facts = {
        "topology": OWN,
        "address": "10.0.0.9",
        "paths": UnitPaths.beside(root / "charm"),
        "config": Config(),
        "data": root / "data",
        "accounts": ACCOUNTS,
        **changes,
    }
    return Observed(**facts)
