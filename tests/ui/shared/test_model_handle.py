"""A model that loads in the background."""

from __future__ import annotations

import threading

import pytest
from ui_fakes import FakeModel, LoadingModel, drawing

from emola.errors import ChatError, CheckpointError
from emola.ui.shared import messages
from emola.ui.shared.model_handle import ModelHandle


def test_waits_until_the_model_is_loaded() -> None:
    model = FakeModel()
    loading = LoadingModel(model)
    assert loading.handle.loading and loading.handle.model is None
    assert loading.handle.name == model.name
    loading.finish()
    assert loading.handle.wait(60) is model
    assert not loading.handle.loading and loading.handle.model is model


def test_a_timeout_raises_a_checkpoint_error() -> None:
    loading = LoadingModel(FakeModel())
    with pytest.raises(CheckpointError, match="EmoLA-Nano is still loading; try again"):
        loading.handle.wait(0.0)
    loading.finish()


@pytest.mark.parametrize("error", [CheckpointError("a damaged file"), ZeroDivisionError("x / 0")])
def test_a_failure_is_reported_and_its_cause_logged(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    loading = LoadingModel(FakeModel())
    loading.finish(error)
    with pytest.raises(CheckpointError, match="could not be loaded; the log of the server says why"):
        loading.handle.wait(60)
    assert not loading.handle.loading
    assert str(error) in caplog.text
    assert messages.load_failed("EmoLA-Nano") not in caplog.text


@pytest.mark.parametrize("error", [None, CheckpointError("damaged")])
def test_the_callback_runs_after_loading_however_it_ends(error: CheckpointError | None) -> None:
    def load() -> FakeModel:
        if error:
            raise error
        return FakeModel()

    called = threading.Event()
    ModelHandle(load, name="x").start(then=called.set)
    assert called.wait(60)


def test_the_digests_follow_so_that_no_export_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    model, digested = FakeModel(), threading.Event()
    monkeypatch.setattr(model, "identity", lambda: digested.set() or {})
    ModelHandle(lambda: model, name="x").start()
    assert digested.wait(60)


def test_the_handle_of_a_loaded_model_is_ready() -> None:
    model = FakeModel(adapters=("au", "emotion"))
    handle = ModelHandle.of(model)
    assert handle.wait(0.0) is model
    assert (handle.name, handle.adapters) == (model.name, ("au", "emotion"))


def test_nothing_waits_for_a_model_after_the_end() -> None:
    """Guards against a process that cannot end, since a thread waits for a model that is loading."""
    loading = LoadingModel(FakeModel())
    errors: list[str] = []

    def wait() -> None:
        try:
            loading.handle.wait()
        except CheckpointError as error:
            errors.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    loading.handle.close()
    thread.join(20)
    assert len(errors) == 1 and "still loading" in errors[0]
    loading.finish()
    model = FakeModel()
    handle = ModelHandle.of(model)
    handle.close()
    assert handle.wait(0.0) is model


def test_closing_ends_the_answers_of_a_loaded_model() -> None:
    """Guards against a thread of the model that keeps a server from ending."""
    model = FakeModel(pause=0.01, answers=("a" * 3000,))
    pieces = model.chat(model.prior.detect(drawing())[0]).ask("q")
    next(pieces)
    ModelHandle.of(model).close()
    with pytest.raises(ChatError, match="being closed"):
        "".join(pieces)
    with pytest.raises(ChatError, match="being closed"):
        "".join(model.chats[0].ask("q"))
