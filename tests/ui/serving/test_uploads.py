"""Photos between upload and detection."""

from __future__ import annotations

from pathlib import Path

import pytest
from ui_clock import Clock

from emola.errors import ImageError
from emola.limits import Limits
from emola.ui.serving.uploads import UploadRefused, Uploads


def uploads(clock: Clock | None = None, **limits: float) -> Uploads:
    return Uploads(Path("/uploads"), Limits(**limits), clock or Clock())  # type: ignore[arg-type]


def test_a_photo_is_taken_once() -> None:
    """Guards against keeping the file, with its GPS position, after it was read."""
    store = uploads()
    path = store.add(b"photo", "a")
    assert path.startswith("/uploads/")
    assert store.peek(path) == b"photo"
    assert store.take(path) == b"photo"
    assert store.peek(path) is None
    with pytest.raises(ImageError, match="upload it again"):
        store.take(path)


def test_the_same_photo_of_two_visitors_is_two_uploads() -> None:
    """Guards against losing a photo because another visitor uploaded the same file."""
    store = uploads()
    first, second = (store.add(b"photo", address) for address in "ab")
    assert first != second
    store.take(first)
    assert store.take(second) == b"photo"


def test_photos_that_are_never_taken_expire() -> None:
    """Guards against memory that grows with every page closed after its upload."""
    clock = Clock()
    store = uploads(clock, uploads_kept=60)
    path = store.add(b"photo", "a")
    clock.now = 59
    store.expire()
    assert len(store) == 1
    clock.now = 60
    store.expire()
    assert len(store) == 0
    with pytest.raises(ImageError):
        store.take(path)


def test_photos_do_not_expire_while_the_model_is_loading() -> None:
    clock, loading = Clock(), [True]
    store = Uploads(Path("/uploads"), Limits(uploads_kept=60), clock, keep=lambda: bool(loading))
    path = store.add(b"photo", "a")
    clock.now = 300
    store.expire()
    loading.clear()
    clock.now = 359
    store.expire()
    assert store.peek(path) == b"photo"
    clock.now = 360
    store.expire()
    assert store.peek(path) is None


def test_a_photo_that_is_held_does_not_expire() -> None:
    clock = Clock()
    store = uploads(clock, uploads_kept=60)
    path, other = (store.add(b"photo", "a") for _ in range(2))
    with store.held(path), store.held("/uploads/none"):
        clock.now = 1000
        store.expire()
        assert len(store) == 1 and store.peek(other) is None
    assert len(store) == 0


def test_an_address_keeps_its_newest_photos() -> None:
    """Guards against a visitor who fills the memory."""
    store = uploads(uploads_per_address=4)
    other = store.add(b"other", "b")
    paths = [store.add(b"photo", "a") for _ in range(4)]
    assert all(store.peek(path) for path in paths)
    paths += [store.add(b"photo", "a") for _ in range(2)]
    assert [store.peek(path) is not None for path in paths] == [False, False, True, True, True, True]
    assert store.peek(other)


def test_an_address_keeps_the_photos_that_are_held() -> None:
    """Guards against photos that are lost when a class behind one router waits for the model."""
    store = uploads(uploads_per_address=2)
    paths = [store.add(b"photo", "a") for _ in range(2)]
    with store.held(paths[0]), store.held(paths[1]):
        paths += [store.add(b"photo", "a") for _ in range(3)]
        found = [store.peek(path) is not None for path in paths]
    assert found == [True, True, False, True, True]


def test_memory_is_counted_while_photos_arrive() -> None:
    """Guards against concurrent uploads that together exceed the memory limit."""
    store = uploads(uploads_memory=100)
    store.add(b"x" * 40, "a")
    with store.transfer("b") as reserve:
        reserve(40)
        with store.transfer("c") as reserve_other, pytest.raises(UploadRefused, match="try again"):
            reserve_other(21)
        with store.transfer("c") as reserve_other:
            reserve_other(20)
    with store.transfer("c") as reserve_other:
        reserve_other(60)


def test_stalled_transfers_do_not_block_other_addresses() -> None:
    """Guards against a visitor who starts large uploads and sends nothing."""
    store = uploads(transfers_per_address=2)
    with store.transfer("a"), store.transfer("a"):
        with pytest.raises(UploadRefused), store.transfer("a"):
            pass
        with store.transfer("b") as reserve:
            reserve(1000)
    with store.transfer("a"):
        pass
