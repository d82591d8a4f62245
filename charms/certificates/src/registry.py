# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Applies steps: keeps the root in the application's secret, and answers in the relations."""

from __future__ import annotations

import dataclasses

import ops
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateError,
    CertificateSigningRequest,
    ProviderCertificate,
    ProviderCertificateError,
)

import authority
from observed import ROOT_SECRET
from plan import Establish, HandOut, Prolong, Refuse, Sign, Step
from provider import Provider
from roots import Bundle, Roots


class Registry:
    """What the authority has given out, as Juju keeps it."""

    def __init__(self, charm: ops.CharmBase, provider: Provider) -> None:
        self._model = charm.model
        self._provider = provider

    def apply(self, step: Step, roots: Roots | None) -> Roots:
        """The roots after the step.

        Args:
            step: what to do.
            roots: those before it.
        """
        match step:
            case Establish(common_name, days):
                return self.keep(Roots(authority.establish(common_name, days)))
            case Prolong(days):
                assert roots
                prolonged = authority.prolong(roots.current, days)
                return self.keep(dataclasses.replace(roots, current=prolonged))
            case Sign():
                assert roots
                self._sign(step, roots)
                return roots
            case Refuse():
                assert roots
                self._refuse(step)
                return roots
            case HandOut(issued, bundle):
                assert roots
                self._hand_out(issued.relation_id, issued.csr, issued.certificate, bundle)
                return roots

    def keep(self, roots: Roots) -> Roots:
        """These, from now on."""
        content = roots.to_content()
        try:
            self._model.get_secret(label=ROOT_SECRET).set_content(content)
        except ops.SecretNotFoundError:
            self._model.app.add_secret(content, label=ROOT_SECRET)
        return roots

    def _sign(self, step: Sign, roots: Roots) -> None:
        request = step.request
        signed = authority.sign(roots.current, request.csr, step.days, is_ca=request.is_ca)
        self._hand_out(request.relation_id, request.csr, signed, roots.bundle(signed))

    def _hand_out(self, relation_id: int, csr: str, certificate: str, bundle: Bundle) -> None:
        self._provider.set_relation_certificate(
            ProviderCertificate(
                relation_id=relation_id,
                certificate=Certificate.from_string(certificate),
                certificate_signing_request=CertificateSigningRequest.from_string(csr),
                ca=Certificate.from_string(bundle.ca),
                chain=[Certificate.from_string(link) for link in bundle.chain],
            )
        )

    def _refuse(self, step: Refuse) -> None:
        against = step.objection
        self._provider.set_relation_error(
            ProviderCertificateError(
                relation_id=step.request.relation_id,
                certificate_signing_request=CertificateSigningRequest.from_string(
                    step.request.csr
                ),
                error=CertificateError(
                    code=against.code.value,
                    name=against.code.name,
                    message=against.reason,
                    provider=self._model.app.name,
                ),
            )
        )
