"""The server of the pages: visits, uploads, access middleware and cleanup around the Gradio app."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from emola.files import asset
from emola.limits import DEFAULT, Limits
from emola.system_memory import release_memory
from emola.ui.chat.endpoints import Endpoints
from emola.ui.chat.mcp_tools import INSTRUCTIONS, mcp_tools
from emola.ui.chat.page import ChatPage
from emola.ui.pages import MAX_EVENTS, Page, build_pages
from emola.ui.serving.access import Access
from emola.ui.serving.events import Events
from emola.ui.serving.figures import Figures
from emola.ui.serving.heartbeat import Heartbeats
from emola.ui.serving.middleware import AccessMiddleware
from emola.ui.serving.open_files import raise_file_limit
from emola.ui.serving.operations import OperationsMiddleware
from emola.ui.serving.questions import Questions
from emola.ui.serving.session_cleanup import Sessions, expire_sessions, release_requests
from emola.ui.serving.temp_folder import temp_folder
from emola.ui.serving.uploads import Uploads
from emola.ui.shared.example_photos import ExamplePhoto
from emola.ui.shared.i18n import translations
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.shared.theme import script, style_sheets, theme
from emola.ui.visits.visit_store import VisitStore

if TYPE_CHECKING:
    from emola.ui.serving.mcp import McpServer
    from emola.ui.serving.metrics import Metrics

log = logging.getLogger(__name__)

CLOSE_TIMEOUT = 3
"""Time for the end of the open connections after ``close``, in seconds; Gradio waits for 5 in all."""


class PageServer:
    """Serves the pages of a model.

    examples: example photos by title. concurrency: answers generated at the same time. movement_only: emotion
    words are withheld, and questions about emotions refused. mcp: whether language models may call look, ask
    and evidence through the Model Context Protocol. trusted_proxies: see ``visitor_of``. metrics: None for
    a server without.
    """

    def __init__(
        self,
        model: ModelHandle,
        examples: Mapping[str, ExamplePhoto],
        *,
        concurrency: int = 8,
        limits: Limits = DEFAULT,
        access: Access | None = None,
        movement_only: bool = False,
        mcp: bool = False,
        trusted_proxies: int = 0,
        metrics: Metrics | None = None,
    ) -> None:
        self._model = model
        self._limits = limits
        self._access = access or Access()
        self._examples = examples
        self._threads = concurrency + limits.queue + MAX_EVENTS
        self._trusted_proxies = trusted_proxies
        self._events = Events(metrics)
        self.questions = Questions(limits, self._events)
        self.visits = VisitStore(limits)
        self.uploads = Uploads(temp_folder(), limits, keep=lambda: model.loading)
        self.heartbeats = Heartbeats()
        chat = ChatPage(
            model,
            examples,
            self.visits,
            self.uploads,
            concurrency=concurrency,
            limits=limits,
            movement_only=movement_only,
            questions=self.questions,
        )
        self._pages = [Page("", "Chat", chat.build)]
        self.page = build_pages(self._pages)
        self._mcp = _mcp_server(chat.endpoints, self.uploads, self.questions) if mcp else None
        release_requests(self.page._queue)

    def launch(self, **options: Any) -> str:
        """Serve the page and return its address. options: of Gradio's ``launch``."""
        raise_file_limit()
        _, address, _ = self.page.launch(
            prevent_thread_lock=True,
            theme=theme(),
            css_paths=style_sheets(),
            js=script(),
            i18n=translations(),
            favicon_path=asset("favicon.svg"),
            footer_links=["api"],
            run_history=False,
            enable_monitoring=False,
            pwa=False,
            ssr_mode=False,
            mcp_server=False,
            max_threads=self._threads,
            max_file_size=self._limits.upload_bytes,
            state_session_capacity=self._limits.sessions,
            allowed_paths=[str(photo.path) for photo in self._examples.values()],
            app_kwargs={"middleware": self._middleware(), "lifespan": self._lifespan},
            **options,
        )
        return str(address)

    def sweep(self) -> None:
        """Delete the data of closed or idle pages and unread uploads; return the memory to the system."""
        self.uploads.expire()
        self.visits.expire()
        holder = getattr(self.page, "state_holder", None)  # exists once the page is served
        if holder is not None:
            expire_sessions(holder, self.heartbeats, self._limits, self.visits.is_busy)
        release_memory()

    def not_ready(self) -> str:
        """Return why questions are not answered: "stopping", "loading" or "failed"; empty if they are."""
        if self.questions.stopping:
            return "stopping"
        if self._model.loading:
            return "loading"
        return "" if self._model.model else "failed"

    def figures(self) -> Figures:
        """Return the state of the server."""
        return Figures(
            ready=not self.not_ready(),
            open_pages=self.heartbeats.open_pages,
            visits=len(self.visits),
            questions_waiting=self.questions.waiting,
            questions_running=self.questions.running,
            uploads_waiting=len(self.uploads),
            memory=self.visits.memory(),
        )

    def close(self) -> None:
        """End all conversations, stop the server and delete its data."""
        self.visits.close()  # first, so that the answers keep their text
        self._model.close()
        self.uploads.clear()
        if (server := getattr(self.page, "server", None)) is not None:
            # Otherwise Uvicorn waits for every connection, and a client that stalls keeps the process alive.
            server.config.timeout_graceful_shutdown = CLOSE_TIMEOUT
        self.page.close(verbose=False)

    def _middleware(self) -> list[Middleware]:
        operations = Middleware(
            OperationsMiddleware,
            not_ready=self.not_ready,
            events=self._events,
            limits=self._limits,
            trusted_proxies=self._trusted_proxies,
        )
        access = Middleware(
            AccessMiddleware,
            access=self._access,
            limits=self._limits,
            uploads=self.uploads,
            heartbeats=self.heartbeats,
            visit_file=self.visits.file,
            pages=[page.path for page in self._pages[1:]],
            mcp=self._mcp,
            events=self._events,
        )
        return [operations, access]

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> AsyncIterator[None]:
        self.page.state_holder.session_data = Sessions()
        async with AsyncExitStack() as stack:
            if self._mcp:
                await stack.enter_async_context(self._mcp.run())
            task = asyncio.create_task(self._sweep_periodically())
            try:
                yield
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _sweep_periodically(self) -> None:
        while True:
            await asyncio.sleep(self._limits.sweep)
            try:
                await run_in_threadpool(self.sweep)
            except Exception:
                log.exception("the cleanup failed")  # the next one tries again


def _mcp_server(endpoints: Endpoints, uploads: Uploads, questions: Questions) -> McpServer:
    """Return the server of the tools. The MCP SDK is imported here, since only this switch needs it."""
    from emola.ui.serving.mcp import McpServer

    limits = questions.limits
    tools = mcp_tools(endpoints, uploads, limits)
    return McpServer(tools, INSTRUCTIONS, uploads=uploads, limits=limits, rate=questions.rate)
