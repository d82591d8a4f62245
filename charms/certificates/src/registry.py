# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Applies steps: keeps the root in the application's secret, and answers in the relations."""

from __future__ import annotations

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
from plan import Establish, Prolong, Refuse, Sign, Step
from provider import Provider
from root import Root


class Registry:
    """What the authority has given out, as Juju keeps it."""

    def __init__(self, charm: ops.CharmBase, provider: Provider) -> None:
        self._model = charm.model
        self._provider = provider

    def apply(self, step: Step, root: Root | None) -> Root:
        """The root after the step.

        Args:
            step: what to do.
            root: the root before it.
        """
        match step:
            case Establish(common_name, days):
                return self._keep(authority.establish(common_name, days))
            case Prolong(days):
                assert root
                return self._keep(authority.prolong(root, days))
            case Sign():
                assert root
                self._sign(step, root)
                return root
            case Refuse():
                assert root
                self._refuse(step)
                return root

    def _keep(self, root: Root) -> Root:
        content = {"certificate": root.certificate, "private-key": root.private_key}
        try:
            self._model.get_secret(label=ROOT_SECRET).set_content(content)
        except ops.SecretNotFoundError:
            self._model.app.add_secret(content, label=ROOT_SECRET)
        return root

    def _sign(self, step: Sign, root: Root) -> None:
        request = step.request
        signed = authority.sign(root, request.csr, step.days, is_ca=request.is_ca)
        certificate, ca = (
            Certificate.from_string(signed),
            Certificate.from_string(root.certificate),
        )
        self._provider.set_relation_certificate(
            ProviderCertificate(
                relation_id=request.relation_id,
                certificate=certificate,
                certificate_signing_request=CertificateSigningRequest.from_string(request.csr),
                ca=ca,
                chain=[certificate, ca],
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
