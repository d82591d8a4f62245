# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Commands of Juju that one machine has no use for: one line each, which names the way."""

_REASONS = {
    "this engine is the only controller, made by the first command; for others use Juju itself": (
        "bootstrap change-user-password controller-config create-backup destroy-controller "
        "download-backup enable-destroy-controller enable-ha kill-controller login logout "
        "register unregister upgrade-controller"
    ),
    "there is no cloud but this machine; for clouds and credentials use Juju itself": (
        "add-cloud add-credential autoload-credentials clouds credentials default-credential "
        "default-region grant-cloud list-clouds list-credentials list-regions regions "
        "remove-cloud remove-credential revoke-cloud set-credential show-cloud show-credential "
        "update-cloud update-credential update-credentials update-public-clouds"
    ),
    "Kubernetes models need Juju itself; this engine has machine models only": (
        "add-k8s remove-k8s scale-application update-k8s"
    ),
    "whoever may run this engine may do everything; for users and permissions use Juju itself": (
        "add-user disable-user enable-user grant list-users remove-user revoke show-user users"
    ),
    "everything is in the one space alpha; for networks of several spaces use Juju itself": (
        "add-space add-subnet bind firewall-rules list-firewall-rules list-spaces list-subnets "
        "move-to-space reload-spaces remove-space rename-space set-firewall-rule show-space "
        "spaces subnets"
    ),
    "a model lives and dies here; for migration and upgrades of a controller use Juju itself": (
        "migrate sync-agent-binaries upgrade-model"
    ),
    "there is no charm store here; fetch the charm with Juju itself, then deploy its file": (
        "charm-resources diff-bundle download find find-charm info list-charm-resources"
    ),
    "secrets are kept in the engine itself; for other backends use Juju itself": (
        "add-secret-backend list-secret-backends model-secret-backend remove-secret-backend "
        "secret-backends show-secret-backend update-secret-backend"
    ),
    "storage is a directory of the machine; for pools of your own and imports use Juju itself": (
        "create-storage-pool import-filesystem remove-storage-pool update-storage-pool"
    ),
    "it needs Juju itself; here, look with juju debug-log and work with juju ssh": (
        "dashboard debug-code debug-hook debug-hooks disable-command disabled-commands "
        "enable-command import-ssh-key retry-provisioning"
    ),
    "the defaults of a model's options are fixed; juju model-config shows and sets them": (
        "model-default model-defaults"
    ),
    "relations of one machine need no pause; remove and integrate, or use Juju itself": (
        "resume-relation suspend-relation"
    ),
}

_REASON_OF = {name: reason for reason, names in _REASONS.items() for name in names.split()}


def reason(name: str) -> str | None:
    """Why a command of Juju is none of ours; None for a word that is no command at all."""
    return _REASON_OF.get(name)


def names() -> list[str]:
    """All of them, sorted."""
    return sorted(_REASON_OF)
