"""The page and what serves it: visitors, uploads, the gate before Gradio, and the deletion of old data."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from emola.files import asset
from emola.ui.access import Access
from emola.ui.chat.page import build_page
from emola.ui.chat.visit import AffectModel
from emola.ui.chat.visit_store import VisitStore
from emola.ui.heartbeat import Heartbeats
from emola.ui.limits import DEFAULT, Limits
from emola.ui.middleware import AccessMiddleware
from emola.ui.session_cleanup import expire_sessions, release_requests
from emola.ui.temp_folder import temp_folder
from emola.ui.theme import theme
from emola.ui.uploads import Uploads

log = logging.getLogger(__name__)


class PageServer:
    """The page for a model.

    examples: example photos by their label. concurrency: how many answers are written at the same time.
    """

    def __init__(
        self,
        model: AffectModel,
        examples: Mapping[str, Path],
        *,
        concurrency: int = 2,
        limits: Limits = DEFAULT,
        access: Access | None = None,
    ) -> None:
        self._limits = limits
        self._access = access or Access()
        self._examples = examples
        folder = temp_folder()  # before any component, which reads Gradio's folder when it is made
        self.visitors = VisitStore(limits)
        self.uploads = Uploads(folder, limits)
        self.presence = Heartbeats()
        self.page = build_page(model, examples, self.visitors, self.uploads, concurrency=concurrency)
        release_requests(self.page._queue)

    def launch(self, **where: Any) -> str:
        """Serve the page and return its address; ``where`` are options of Gradio's ``launch``."""
        _, address, _ = self.page.launch(
            prevent_thread_lock=True,
            theme=theme(),
            css_paths=[asset("style.css")],
            js=asset("page.js").read_text(encoding="utf-8"),
            favicon_path=asset("favicon.svg"),
            footer_links=["api"],
            run_history=False,
            enable_monitoring=False,
            pwa=False,
            ssr_mode=False,
            mcp_server=False,
            max_file_size=self._limits.upload_bytes,
            state_session_capacity=self._limits.sessions,
            allowed_paths=[str(photo) for photo in self._examples.values()],
            app_kwargs={"middleware": [self._gate()], "lifespan": self._lifespan},
            **where,
        )
        return str(address)

    def sweep(self) -> None:
        """Delete what was kept for pages that are closed or idle, and uploads that nobody looked at."""
        self.uploads.expire()
        self.visitors.expire()
        holder = getattr(self.page, "state_holder", None)  # there is one once the page is served
        if holder is not None:
            expire_sessions(holder, self.presence, self._limits, self.visitors.is_busy)

    def close(self) -> None:
        """End all conversations and the server, and drop what was kept."""
        self.visitors.close()
        self.uploads.clear()
        self.page.close(verbose=False)

    def _gate(self) -> Middleware:
        return Middleware(
            AccessMiddleware,
            access=self._access,
            limits=self._limits,
            uploads=self.uploads,
            presence=self.presence,
            picture=self.visitors.picture,
        )

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> AsyncIterator[None]:
        task = asyncio.create_task(self._sweep_regularly())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _sweep_regularly(self) -> None:
        while True:
            await asyncio.sleep(self._limits.sweep)
            try:
                await run_in_threadpool(self.sweep)
            except Exception:
                log.exception("deleting what is old failed")  # the next sweep tries again
