"""Processes that share a run under ``accelerate launch``, on one machine or several.

The launcher sets RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT. The processes only wait for each
other at a barrier. Answers are exchanged in files, so several machines need a shared folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emola.bench import Team

__all__ = ["device_for", "join_team"]

_BARRIER_TIMEOUT = timedelta(days=7)
"""The first process to finish waits this long for the last."""


@contextmanager
def join_team() -> Iterator[Team]:
    """Join the processes that were launched together; yield a team of one if there was no launcher."""
    from emola.bench import ALONE, Team

    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield ALONE
        return
    from torch import distributed

    # gloo runs on every device, and the group serves the barrier only.
    distributed.init_process_group("gloo", timeout=_BARRIER_TIMEOUT)
    try:
        yield Team(distributed.get_rank(), count, distributed.barrier)
    finally:
        distributed.destroy_process_group()


def device_for(team: Team, device: str) -> str:
    """Return the device of this process: one GPU each if several processes share a machine with GPUs."""
    from emola.model.devices import process_device

    return process_device() if team.count > 1 and device == "auto" else device
