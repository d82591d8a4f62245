# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Three phases, in which everybody is told whom to trust."""

import pytest

import authority
from dataops.certificates import parse
from roots import Phase, Roots


@pytest.fixture(scope="module")
def new(root):
    return authority.successor(root, 100)


@pytest.fixture(scope="module")
def reverse(root, new):
    return authority.vouch(new, root)


@pytest.fixture(scope="module")
def switched(root, new, reverse):
    return Roots(new, None, root.certificate, authority.vouch(root, new), reverse)


@pytest.fixture(scope="module")
def phases(root, new, switched, reverse):
    return {
        Phase.SETTLED: Roots(root),
        Phase.INTRODUCED: Roots(root, new, reverse=reverse),
        Phase.SWITCHED: switched,
    }


@pytest.mark.parametrize("phase", list(Phase))
def test_a_secret_keeps_everything(phases, phase):
    roots = phases[phase]
    assert roots.phase is phase
    assert Roots.from_content(roots.to_content()) == roots
    assert all(text for text in roots.to_content().values())
    assert "PRIVATE" not in repr(roots)


def test_the_old_key_is_gone_once_the_new_one_signs(root, switched):
    assert root.private_key not in switched.to_content().values()


def test_what_the_old_root_signed_comes_with_both_roots_from_the_introduction_on(
    root, new, reverse, phases, csr
):
    signed = authority.sign(root, csr, 9, is_ca=False).strip()
    old, coming = root.certificate.strip(), new.certificate.strip()
    told = {phase: roots.bundle(signed) for phase, roots in phases.items()}
    assert {bundle.ca for bundle in told.values()} == {old}
    assert told[Phase.SETTLED].chain == (signed, old)
    assert told[Phase.INTRODUCED].chain == told[Phase.SWITCHED].chain == (
        signed, reverse.strip(), coming,
    )  # fmt: skip


def test_what_the_new_root_signs_comes_with_what_the_old_one_says_of_it(root, new, switched, csr):
    signed = authority.sign(new, csr, 9, is_ca=False).strip()
    bundle = switched.bundle(signed)
    assert bundle.ca == new.certificate.strip()
    assert bundle.chain == (signed, switched.cross.strip(), root.certificate.strip())
    assert Roots(new).bundle(signed).chain == (signed, new.certificate.strip())


def test_every_chain_is_in_order_up_to_a_root(root, new, phases, csr):
    """Java refuses a key store in which one link is not signed by the next."""
    for phase, roots in phases.items():
        for signer in (root, new) if phase is Phase.SWITCHED else (root,):
            chain = parse(
                "\n".join(roots.bundle(authority.sign(signer, csr, 9, is_ca=False)).chain)
            )
            links = zip(chain, (*chain[1:], chain[-1]), strict=True)
            assert all(link.issued_by(above) for link, above in links), (phase, signer)
