"""EmoLA as its users meet it: load a model, look at a picture, chat about a face."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.chat.adapter_selection import check_adapter
from emola.chat.engine import Engine, require_face
from emola.chat.session import ChatSession
from emola.errors import CheckpointError
from emola.face.evidence import EVIDENCE_NAME, AUEstimate, AUEvidence
from emola.face.experts import PriorExpert, prior_expert
from emola.face.image import ImageSource, load_image
from emola.face.landmarker import Face

if TYPE_CHECKING:
    from emola.model import EmolaForConditionalGeneration, EmolaProcessor
    from emola.model.identity import Progress
    from emola.model.loading import Device, Quantisation

__all__ = ["EmoLA", "load"]


class EmoLA:
    """A model that looks at faces and talks about them.

    model, processor: the transformers objects; prior: the prior expert, which finds the faces.
    Safe to use from several threads: forward passes take turns.
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
    ) -> None:
        self.model, self.processor, self.prior = model, processor, prior
        self._evidence = evidence
        self._quantize = quantize
        self._folder = folder
        self._parts: Mapping[str, str] | None = None
        self._engine = Engine(model, processor)

    def __repr__(self) -> str:
        parameters = sum(parameter.numel() for parameter in self.model.parameters())
        return f"<EmoLA: {self.name}, {parameters / 1e6:.0f} million parameters on {self.model.device}>"

    @property
    def name(self) -> str:
        """The model's name as people say it."""
        return str(self.model.config.title)

    @property
    def info(self) -> Mapping[str, Any]:
        """Facts about the model: "parameters" (int), "device", "dtype" (str), "quantize" (str or None)."""
        return {
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "device": str(self.model.device),
            "dtype": str(self.model.dtype).removeprefix("torch."),
            "quantize": self._quantize,
        }

    def identity(self, progress: Progress | None = None) -> Mapping[str, str]:
        """Digests of the parts of the model that its answers depend on.

        They are called "weights", "adapters", "configuration", "tokenizer", "prior expert" and, where the
        model measures action units, "evidence".

        Two models with the same digests give the same answers under the same settings, wherever they lie
        and whatever they are called. The files of the checkpoint are read once; of a large one the digest
        is kept in the cache folder. progress: called with a file's name, the bytes read and those in all.
        Raises CheckpointError for a model that was not loaded from a checkpoint, or when a file is gone.
        """
        if self._parts is None:
            from emola.model.identity import checkpoint_parts

            if self._folder is None:
                raise CheckpointError(f"{self.name} was not loaded from a checkpoint: it has no identity.")
            config = self.model.config
            self._parts = checkpoint_parts(self._folder, config, self.prior.files, progress)
        return self._parts

    @property
    def adapters(self) -> tuple[str, ...]:
        """The names that :meth:`use` takes besides "auto"."""
        return self._engine.adapters

    def use(self, adapter: str) -> None:
        """Let this adapter answer: "au" or "emotion" for the published model, or "auto".

        With "auto", the default, each question is answered by the adapter for what it asks about. Holds
        for all conversations that name none themselves, from their next question on. Raises ChatError.
        """
        self._engine.use = check_adapter(adapter, self.adapters)

    def look(self, image: ImageSource) -> list[Face]:
        """The faces in a picture, largest first; empty when there is none.

        At most ``emola.face.MAX_FACES`` are reported; a picture with that many may hold more. Small faces
        count as background where another face is more than four times as large.
        Raises ImageError when the picture cannot be read.
        """
        return self.prior.detect(load_image(image))

    def evidence(self, face: Face) -> dict[int, AUEstimate]:
        """What is measured of each action unit in a face, to hold the model's words against; by code.

        A unit that is covered or turned away is not visible: its probability and intensity are None.
        Nothing for a face without landmarks. Raises CheckpointError for a model that brings no such
        measurement, as the published one, and ChatError for anything but a face.
        """
        require_face(face)
        if self._evidence is None:
            raise CheckpointError(f"{self.name} measures no action units; EmoLA-Nano does.")
        if face.prior is None:
            return {}
        features = self._engine.features(face) if self._evidence.feature_count else None
        return self._evidence.estimate(face.prior, features, face.visibility, face.lids)

    def chat(self, face: Face, **options: Any) -> ChatSession:
        """A new conversation about a face; the options are those of ``ChatSession``.

        Raises ChatError for anything but a face and for values that an option cannot have.
        """
        return ChatSession(self._engine, face, **options)


def load(
    model: str | Path = "nano",
    *,
    device: Device = "auto",
    dtype: str = "auto",
    quantize: Quantisation | None = None,
) -> EmoLA:
    """Load a model: "nano", a checkpoint folder, or a name on the hub ("owner/name", "owner/name@revision").

    device: "auto" (a GPU if there is one), torch's name of a device, "offload" (a GPU as far as the model
    fits, and main memory for the rest), or a device map. dtype: "auto" or torch's name of a type.
    quantize: "nf4" (4 bits), "int8", or None. Fetches what is missing on first use.
    Raises CheckpointError when there is no such model, when it is damaged or does not fit into memory, and
    when an option is wrong; DownloadError when something cannot be fetched.
    """
    from emola.model.devices import check_options
    from emola.model.loading import load_checkpoint, read_config

    check_options(device, dtype, quantize)  # before anything is fetched
    folder = _folder(model)
    config = read_config(folder)
    expert = prior_expert(config.prior_expert)  # before the weights, which may take minutes
    if expert.dim != config.prior_dim:
        raise CheckpointError(
            f"{folder} reads {config.prior_dim} numbers of a prior, but {expert.name!r} gives "
            f"{expert.dim}; was it trained with another expert?"
        )
    measured = folder / EVIDENCE_NAME
    evidence = AUEvidence.load(measured) if measured.exists() else None
    if evidence and evidence.feature_count not in (0, config.vision_config.hidden_size):
        raise CheckpointError(
            f"{measured} reads {evidence.feature_count} features of a vision tower, but this one has "
            f"{config.vision_config.hidden_size}; was it fitted to another tower?"
        )
    network, processor = load_checkpoint(folder, device=device, dtype=dtype, quantize=quantize)
    return EmoLA(network, processor, expert, quantize=quantize, evidence=evidence, folder=folder)


def _folder(model: str | Path) -> Path:
    """The checkpoint folder that a name stands for; fetched when it is on the hub."""
    from emola.model import hub
    from emola.model.loading import NANO

    ways = "give 'nano', a checkpoint folder or a name on the hub"
    if not isinstance(model, (str, Path)):
        raise CheckpointError(f"A model is named by text or a path, not {type(model).__name__}; {ways}.")
    if model == "nano":
        return NANO
    name = str(model)
    try:
        folder = Path(name).expanduser()
        if name.strip() and folder.is_dir():
            return folder
        is_file = folder.is_file()
    except (OSError, ValueError, RuntimeError):  # too long for the system, a null character, no such user
        is_file = False
    if is_file:
        raise CheckpointError(f"{name} is a file, not a model; {ways}.")
    named = hub.parse(name)
    if named is None:
        raise CheckpointError(f"There is no model {name!r}; {ways}.")
    return hub.fetch(*named)
