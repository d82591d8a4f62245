# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What stands in the databags and in the secret, and what a requirer makes of it."""

from __future__ import annotations

from collections.abc import Mapping

import pydantic


def _dashed(name: str) -> str:
    return name.replace("_", "-")


class _Data(pydantic.BaseModel):
    """Base: names with dashes outside, whatever else is there is passed over."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="ignore", alias_generator=_dashed, populate_by_name=True
    )


class ProviderData(_Data):
    """The application databag of the provider.

    Every value is text, every field optional: without `master_url` there is no cluster yet.
    """

    master_url: str = pydantic.Field(
        default="",
        description="What Spark takes as spark.master, such as spark://10.1.2.3:7077; several "
        "masters are separated by commas.",
    )
    version: str = pydantic.Field(
        default="", description="Of Spark; a driver has to have the same, such as 4.2.0."
    )
    python_version: str = pydantic.Field(
        default="",
        description="Of the Python that executors have, such as 3.12; a driver in Python needs "
        "the same. Empty: not known.",
    )
    web_url: str = pydantic.Field(default="", description="The master's pages, http or https.")
    history_url: str = pydantic.Field(
        default="", description="The pages of what has run, http or https."
    )
    ca: str = pydantic.Field(
        default="", description="PEM certificates by which https pages are trusted."
    )
    secret_rpc: str = pydantic.Field(
        default="",
        description="The URI of the secret that drivers share with the cluster. Without it, the "
        "cluster lets everybody in.",
    )


class RequirerData(_Data):
    """The databag of each unit of the requirer."""

    accepted_users: str = pydantic.Field(
        default="",
        description="JSON list: the names of the secrets that this unit works with. A unit that "
        "runs no driver says []. One that says nothing is given time while the secret changes.",
    )


class RpcSecret(_Data):
    """The content of the secret."""

    secret: str = pydantic.Field(repr=False, description="spark.authenticate.secret.")
    name: str = pydantic.Field(
        default="", description="What to call it where it cannot be told: rpc.1, then rpc.2."
    )


class SparkCluster(_Data):
    """A cluster that takes drivers.

    Attributes:
        master_url: `spark.master`.
        version: of Spark.
        python_version: of the Python of its executors; empty: not known.
        web_url, history_url: its pages.
        ca: by whom https pages are trusted, PEM; empty for http.
        secret: what drivers share with it; empty: it lets everybody in.
        secret_name: what to call the secret when a unit says that it works with it.
    """

    master_url: str
    version: str = ""
    python_version: str = ""
    web_url: str = ""
    history_url: str = ""
    ca: str = ""
    secret: str = pydantic.Field(default="", repr=False)
    secret_name: str = ""

    def properties(self) -> Mapping[str, str]:
        """What a driver's `spark-defaults.conf` has to say, for the eyes of its user alone.

        The secret is in it: give it to Spark in a file or from within the program, never as an
        argument, which every user of the machine may read.
        """
        if not self.secret:
            return {"spark.master": self.master_url}
        return {
            "spark.master": self.master_url,
            "spark.authenticate": "true",
            "spark.authenticate.secret": self.secret,
            "spark.network.crypto.enabled": "true",
        }
