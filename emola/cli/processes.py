"""The process group of a run under ``accelerate launch``, on one machine or several.

The launcher sets RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT. The processes
synchronise at a barrier and exchange answers in files, so several machines need a shared folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emola.bench import ProcessGroup

__all__ = ["device_for", "join_process_group"]

_BARRIER_TIMEOUT = timedelta(days=7)
"""How long the first process that finishes waits for the last."""


@contextmanager
def join_process_group() -> Iterator[ProcessGroup]:
    """Join the processes that were launched together; without a launcher, yield ``SINGLE_PROCESS``."""
    from emola.bench import SINGLE_PROCESS, ProcessGroup

    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield SINGLE_PROCESS
        return
    from torch import distributed

    # gloo runs on every device, and the group serves the barrier only.
    distributed.init_process_group("gloo", timeout=_BARRIER_TIMEOUT)
    try:
        yield ProcessGroup(distributed.get_rank(), count, distributed.barrier)
    finally:
        distributed.destroy_process_group()


def device_for(group: ProcessGroup, device: str) -> str:
    """Return the device of this process: one GPU each if several processes share a machine with GPUs."""
    from emola.model.devices import process_device

    return process_device() if group.size > 1 and device == "auto" else device
