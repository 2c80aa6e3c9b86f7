"""The processes that share a run under ``accelerate launch``, on one machine or several.

Whoever launches says in the environment who is who (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR,
MASTER_PORT). The processes exchange nothing but the news that they have arrived; answers meet in files, so
several machines need a folder that all of them see.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emola.bench import Team

__all__ = ["device_for", "team"]

_PATIENCE = timedelta(days=7)  # how long the first to finish waits for the last


@contextmanager
def team() -> Iterator[Team]:
    """This process's place among those that were launched together; alone when nobody launched it."""
    from emola.bench import ALONE, Team

    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield ALONE
        return
    from torch import distributed

    distributed.init_process_group("gloo", timeout=_PATIENCE)  # for waiting only, so on any device
    try:
        yield Team(distributed.get_rank(), count, distributed.barrier)
    finally:
        distributed.destroy_process_group()


def device_for(team: Team, device: str) -> str:
    """The device that this process works on: with several processes on GPUs, each its own."""
    import torch

    if team.count == 1 or device != "auto" or not torch.cuda.is_available():
        return device
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
