"""The user interface of the library: load a model, find faces, chat about a face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.chat.adapter_selection import check_adapter
from emola.chat.context import context_length
from emola.chat.engine import Engine
from emola.chat.faces import Features, require_face
from emola.chat.reading import Reading
from emola.chat.session import ChatSession
from emola.errors import CheckpointError
from emola.faba.face_reading import given_line
from emola.face.evidence import EVIDENCE_NAME, AUEstimate, AUEvidence
from emola.face.experts import PriorExpert, prior_expert
from emola.face.face_reading import read_face
from emola.face.image import ImageSource, load_image
from emola.face.landmarker import Face
from emola.model.devices import Device, Quantisation, number_type
from emola.vllm.addresses import check_servers

if TYPE_CHECKING:
    from emola.model import EmolaConfig, EmolaForConditionalGeneration, EmolaProcessor
    from emola.model.identity import Progress
    from emola.vllm.decoder import VllmDecoder

__all__ = ["EmoLA", "inspect", "load"]


class EmoLA:
    """A model that finds faces in images and answers questions about them.

    model, processor: the transformers objects. prior: the prior expert, which also detects the faces. engine:
    generates the answers, with the decoder if there is one.
    Thread-safe: conversations in several threads share the forward passes of the model.
    """

    def __init__(
        self,
        model: EmolaForConditionalGeneration,
        processor: EmolaProcessor,
        prior: PriorExpert,
        *,
        quantize: str | None = None,
        evidence: AUEvidence | None = None,
        folder: Path | None = None,
        cache_bytes: int | None = None,
        decoder: VllmDecoder | None = None,
    ) -> None:
        self.model, self.processor, self.prior = model, processor, prior
        self._evidence, self._quantize, self._folder = evidence, quantize, folder
        self._parts: Mapping[str, str] | None = None
        style = model.config.reading
        given = partial(_given, evidence, style) if style else None
        limit = None if decoder is None else min(context_length(model), decoder.context)
        self.engine = Engine(
            model, processor, given=given, max_context=limit, cache_bytes=cache_bytes, decoder=decoder
        )

    def __repr__(self) -> str:
        millions = self.info["parameters"] / 1e6
        return f"<EmoLA: {self.name}, {millions:.0f} million parameters on {self.model.device}>"

    @property
    def name(self) -> str:
        """The display name of the model, such as "EmoLA-Nano"."""
        return str(self.model.config.title)

    @property
    def info(self) -> Mapping[str, Any]:
        """Properties of the model: "parameters" (int), "device", "dtype" (str), "quantize" (str or None)."""
        elsewhere = getattr(self.model, "complete_parameters", None)  # on vLLM servers
        return {
            "parameters": elsewhere or sum(p.numel() for p in self.model.parameters()),
            "device": str(self.model.device),
            "dtype": number_type(self.model),
            "quantize": self._quantize,
        }

    def identity(self, progress: Progress | None = None) -> Mapping[str, str]:
        """Return digests of the parts that the answers depend on.

        The keys are "weights", "adapters", "configuration", "tokenizer", "prior expert" and, for a model that
        measures action units, "evidence". Models with equal digests give equal answers under the same
        settings, whatever their names and folders. Each checkpoint file is read once; digests of large files
        are cached.

        progress: called with the name of a file, the bytes read and the bytes in total.

        Raises CheckpointError for a model that was not loaded from a checkpoint, and for a missing file.
        """
        if self._parts is None:
            from emola.model.identity import checkpoint_parts

            if self._folder is None:
                raise CheckpointError(f"{self.name} was not loaded from a checkpoint: it has no identity.")
            self._parts = checkpoint_parts(self._folder, self.model.config, self.prior.files, progress)
        return self._parts

    @property
    def adapters(self) -> tuple[str, ...]:
        """The adapter names that :meth:`use` accepts besides "auto"."""
        return self.engine.adapters

    def use(self, adapter: str) -> None:
        """Set the adapter that answers: "au" or "emotion" for the published model, or "auto".

        With "auto", the default, the words of each question select the adapter. The setting applies from the
        next question on to all conversations without an adapter of their own.

        Raises ChatError for an unknown name.
        """
        self.engine.default_adapter = check_adapter(adapter, self.adapters)

    def look(self, image: ImageSource) -> list[Face]:
        """Return the faces in an image, largest first; empty if there are none.

        At most ``emola.face.MAX_FACES`` faces are returned. Small faces count as background when another face
        is more than four times as large.

        Raises ImageError when the image cannot be read.
        """
        return self.prior.detect(load_image(image))

    def evidence(self, face: Face) -> dict[int, AUEstimate]:
        """Return measurements of the action units of a face, by code, to compare answers with.

        The probability and intensity of a unit are None where the face is covered or turned away. A face
        without landmarks has no measurements.

        Raises CheckpointError for a model without such measurements, such as the published one, and ChatError
        for anything but a face.
        """
        require_face(face)
        if self._evidence is None:
            raise CheckpointError(f"{self.name} measures no action units; use EmoLA-Nano.")
        if face.prior is None:
            return {}
        features = self.engine.encode(face).mean_patch if self._evidence.feature_count else None
        return self._evidence.estimate(face.prior, features, face.visibility, face.lids)

    def read(self, face: Face) -> Reading | None:
        """Return what the model reads in a face before it answers; None for a model that answers at once.

        The reading opens every conversation about the face and is written once.

        Raises ChatError for anything but a face.
        """
        require_face(face)
        owner = self.engine.new_owner()
        try:
            return self.engine.read(owner, face)
        finally:
            self.engine.release(owner)

    def chat(self, face: Face, **options: Any) -> ChatSession:
        """Start a conversation about a face; the options are those of ``ChatSession``.

        Raises ChatError for anything but a face and for invalid options.
        """
        return ChatSession(self.engine, face, **options)

    def close(self) -> None:
        """End all answers with ChatError, refuse further ones, and free the prefix caches."""
        self.engine.close()


def _given(evidence: AUEvidence | None, style: str, face: Face, features: Features) -> str:
    """Return the line about a face that a model of a reading style is told."""
    estimates = None
    if style == "measured" and evidence is not None and face.prior is not None:
        used = features if evidence.feature_count else None
        estimates = evidence.estimate(face.prior, used, face.visibility, face.lids)
    return given_line(read_face(estimates, face.visibility), style)


def load(
    model: str | Path = "nano",
    *,
    device: Device = "auto",
    dtype: str = "auto",
    quantize: Quantisation | None = None,
    servers: Sequence[str] = (),
    cache_bytes: int | None = None,
) -> EmoLA:
    """Load a model; files that are missing are downloaded on first use.

    model: "nano", a checkpoint folder, or a name on the hub ("owner/name", "owner/name@revision"). device:
    "auto" (a GPU if there is one), a torch device, "offload" (a GPU, with main memory for the part that does
    not fit), or a device map. dtype: "auto" or the name of a torch type. quantize: "nf4" (4 bits), "int8" or
    None. servers: addresses of vLLM servers that generate the answers, see ``docs/vllm.md``; their key is in
    the environment variable EMOLA_ENGINE_KEY. cache_bytes: limit of the prefix caches of all conversations,
    None for 1 GiB or half of a GPU's free memory.

    Raises CheckpointError for a model that does not exist, is damaged or does not fit into memory, for an
    invalid option, and for servers of another model; DownloadError when a download fails.
    """
    from emola.model.loading import load_checkpoint

    addresses = check_servers(servers)
    if addresses and quantize:
        raise CheckpointError(f"vLLM servers ignore quantize={quantize!r}; give the option to vLLM.")
    folder, config = inspect(model, device=device, dtype=dtype, quantize=quantize)
    expert = _expert(folder, config)  # before the weights, which may take minutes
    evidence = _evidence(folder, config)
    if addresses:
        return _with_servers(folder, expert, evidence, addresses, device, dtype)
    network, processor = load_checkpoint(folder, device=device, dtype=dtype, quantize=quantize)
    facts: dict[str, Any] = {"evidence": evidence, "folder": folder, "quantize": quantize}
    return EmoLA(network, processor, expert, cache_bytes=cache_bytes, **facts)


def _with_servers(
    folder: Path,
    expert: PriorExpert,
    evidence: AUEvidence | None,
    addresses: Sequence[str],
    device: Device,
    dtype: str,
) -> EmoLA:
    """Load the parts of a model that encode faces; vLLM servers generate its answers."""
    from emola.model.encoder import load_encoder
    from emola.vllm.connect import connect

    network, processor = load_encoder(folder, device=device, dtype=dtype)
    decoder = connect(network, processor, folder, addresses)
    return EmoLA(network, processor, expert, evidence=evidence, folder=folder, decoder=decoder)


def _expert(folder: Path, config: EmolaConfig) -> PriorExpert:
    """Load the prior expert of a model. Raises CheckpointError if it does not fit."""
    expert = prior_expert(config.prior_expert)
    if expert.dim != config.prior_dim:
        raise CheckpointError(
            f"{folder} needs a prior of {config.prior_dim} numbers, but {expert.name!r} gives "
            f"{expert.dim}; was it trained with another expert?"
        )
    return expert


def _evidence(folder: Path, config: EmolaConfig) -> AUEvidence | None:
    """Load the evidence of a model, None if it measures none. Raises CheckpointError if it does not fit."""
    file = folder / EVIDENCE_NAME
    evidence = AUEvidence.load(file) if file.exists() else None
    if evidence and evidence.feature_count not in (0, config.vision_config.hidden_size):
        raise CheckpointError(
            f"{file} needs {evidence.feature_count} features of a vision tower, but this one has "
            f"{config.vision_config.hidden_size}; was it fitted to another tower?"
        )
    if config.reading == "measured" and evidence is None:
        raise CheckpointError(f"{config.title} answers from measurements, but {file} is missing.")
    return evidence


def inspect(
    model: str | Path = "nano",
    *,
    device: Device = "auto",
    dtype: str = "auto",
    quantize: Quantisation | None = None,
) -> tuple[Path, EmolaConfig]:
    """Return the folder and the configuration of a model after checking the options, see :func:`load`.

    A model on the hub is downloaded; the weights are not read. Raises CheckpointError.
    """
    from emola.model.devices import check_options
    from emola.model.loading import read_config

    check_options(device, dtype, quantize)  # before any download
    folder = _folder(model)
    return folder, read_config(folder)


def _folder(model: str | Path) -> Path:
    """Return the checkpoint folder of a model, downloaded if it is on the hub. Raises CheckpointError."""
    from emola.model import hub
    from emola.model.loading import NANO

    advice = "give 'nano', a checkpoint folder or a name on the hub"
    if not isinstance(model, (str, Path)):
        raise CheckpointError(f"A model is a str or a path, not {type(model).__name__}; {advice}.")
    if model == "nano":
        return NANO
    name = str(model)
    try:
        folder = Path(name).expanduser()
        if name.strip() and folder.is_dir():
            return folder
        is_file = folder.is_file()
    except (OSError, ValueError, RuntimeError):  # name too long, null character, unknown user
        is_file = False
    if is_file:
        raise CheckpointError(f"{name} is a file, not a model; {advice}.")
    if (reference := hub.parse(name)) is None:
        raise CheckpointError(f"There is no model {name!r}; {advice}.")
    return hub.fetch(*reference)
