"""Errors of the hub in one sentence each: what is wrong, and what the operator can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from space_files import ZERO_GPU, DeployError

__all__ = ["one_sentence"]

_LOGIN = "log in with `hf auth login`, or set HF_TOKEN to a token that may write"


@contextmanager
def one_sentence(method: str) -> Iterator[None]:
    """Raise a DeployError for every error of ``huggingface_hub`` in the block.

    method: the call, which an error without a known reason names.
    """
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError

    try:
        yield
    except LocalTokenNotFoundError as error:
        raise DeployError(f"There is no token for Hugging Face: {_LOGIN}.") from error
    except HFValidationError as error:
        raise DeployError(f"Hugging Face does not accept this name: {_first_line(error)}.") from error
    except HfHubHTTPError as error:
        raise DeployError(_refusal(method, error.response.status_code, _reason(error))) from error
    except TimeoutError as error:
        raise DeployError(
            "The page did not run within the time limit; look at the Space's log, or raise --timeout."
        ) from error
    except (OSError, RuntimeError) as error:  # no network, HF_HUB_OFFLINE, an interrupted transfer
        raise DeployError(f"Hugging Face cannot be reached ({_first_line(error)}).") from error
    except Exception as error:
        if not type(error).__module__.startswith("httpx"):  # the HTTP library of huggingface_hub
            raise
        raise DeployError(f"Hugging Face cannot be reached ({_first_line(error)}).") from error


def _refusal(method: str, status: int, reason: str) -> str:
    """Return the sentence for a response of the hub with an error status."""
    said = f" ({reason})" if reason else ""
    detail = f"{status}, {reason}" if reason else str(status)
    if status == 401:
        return f"Hugging Face does not accept the token{said}: {_LOGIN}."
    if status == 402:
        return (
            f"Hugging Face wants a paid plan{said}: Gradio Spaces on a CPU need a PRO account, and paid "
            f"hardware a payment method; --hardware {ZERO_GPU} is free."
        )
    if status == 403 and "quota" not in reason.lower() and "limit" not in reason.lower():
        return (
            f"The token may not change this Space{said}: use one that may write to its owner's repositories."
        )
    if status in (403, 413):
        return f"A limit of the account is reached{said}: delete or pause a Space, or choose other hardware."
    if status == 404:
        return f"Hugging Face does not find the Space or its owner{said}; check OWNER/NAME."
    if status == 429:
        return f"Hugging Face refuses more requests for now{said}; try again in some minutes."
    if status >= 500:
        return f"Hugging Face has a problem of its own ({detail}); try again later."
    return f"Hugging Face refuses the call {method} ({detail})."


def _reason(error: Exception) -> str:
    """Return what the server said, without the final full stop; empty if it said nothing."""
    message = str(getattr(error, "server_message", None) or "")
    return message.strip().partition("\n")[0].rstrip(". ")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".:") or type(error).__name__
