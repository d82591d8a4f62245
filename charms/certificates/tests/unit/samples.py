# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Sample requests and times."""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CHARM = pathlib.Path(__file__).parents[2]
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def signing_request(common_name="kafka-0", *names: str, key=None, addresses=()) -> str:
    """A signing request as PEM text."""
    subject = [x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    found = [x509.DNSName(name) for name in names]
    found += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    if found:
        builder = builder.add_extension(x509.SubjectAlternativeName(found), critical=False)
    request = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode().strip()


def introduced(root, new=None):
    """The roots while a next one is to be trusted, too."""
    import authority
    from roots import Roots

    coming = new or authority.successor(root, 100)
    return Roots(root, coming, reverse=authority.vouch(coming, root))


def switched(root, new):
    """The roots while the next one signs."""
    import authority
    from roots import Roots

    cross, reverse = authority.vouch(root, new), authority.vouch(new, root)
    return Roots(new, old=root.certificate, cross=cross, reverse=reverse)
