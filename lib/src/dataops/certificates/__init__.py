# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Certificates as they are served: what a port shows, who trusts it, and until when it is good.

The only proof that a certificate was renewed is the port that serves it, so everything here starts
from a handshake. Parsing and TLS are loaded when they are used: no hook pays for them otherwise.
"""

from dataops.certificates._assigned import Assigned
from dataops.certificates._identity import Identity, IdentityFiles
from dataops.certificates._inventory import Entry, Inventory, entry
from dataops.certificates._java import java_keystore, keystore_password
from dataops.certificates._objections import objection
from dataops.certificates._parsed import Certificate, parse
from dataops.certificates._ports import Served, ask_port, refusal
from dataops.certificates._rules import expiry_rules
from dataops.certificates._state import TlsState
from dataops.certificates._stores import keystore, merged, truststore
from dataops.certificates._table import table
from dataops.certificates._verbs import (
    CheckTrust,
    RenewCertificates,
    Renewed,
    RenewedPort,
    Trust,
    listing,
    renewing,
    trusting,
)

__all__ = [
    "Assigned",
    "Certificate",
    "CheckTrust",
    "Entry",
    "Identity",
    "IdentityFiles",
    "Inventory",
    "RenewCertificates",
    "Renewed",
    "RenewedPort",
    "Served",
    "TlsState",
    "Trust",
    "ask_port",
    "entry",
    "expiry_rules",
    "java_keystore",
    "keystore",
    "keystore_password",
    "listing",
    "merged",
    "objection",
    "parse",
    "refusal",
    "renewing",
    "table",
    "trusting",
    "truststore",
]
