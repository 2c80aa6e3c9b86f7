"""Model cards, and uploads of checkpoint folders to the Hugging Face hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from emola.errors import CheckpointError, first_line
from emola.faba import QUESTION
from emola.files import replacing
from emola.model.configuration import EmolaConfig
from emola.model.hub import CHECKPOINT_FILES
from emola.model.integrity import require_intact

CARD = "README.md"

_EXPERTS = {
    "mediapipe-face": "MediaPipe face landmarker, Apache-2.0",
    "insightface-2d106": "InsightFace 2d106det; its weights are for non-commercial research only",
}
_READINGS = {
    "written": "before it answers, the model writes one line of what it reads in the face",
    "measured": "before it answers, the model is told what the landmarks measure, and writes the emotion",
}
_HEAD = """\
---
library_name: emola
pipeline_tag: image-text-to-text
license: other
license_name: see-licences-below
{front}tags:
- emola
- llava
- facial-expression-recognition
- action-units
---

# {title}

{title} describes the expression of a face: the emotion, the active facial action units, and the reasons.
{origin}

| part | description |
|---|---|
"""
_TAIL = """
## Use

```python
import emola

model = emola.load("path/to/this/folder"{quantize})
chat = model.chat(model.look("portrait.jpg")[0])
print("".join(chat.ask("{question}")))
```

It describes visible movements; it does not know what a person feels. Do not use it to judge people.

## Licences

{licences}
- Prior expert: {expert}. It is downloaded separately and is not part of this folder.
"""
_PUBLISHED = """\
It is the model of *Facial Affective Behavior Analysis with Instruction Tuning* (Li et al., ECCV 2024),
converted to the layout of `emola`. This card was generated."""
_OWN = """\
Its architecture is that of *Facial Affective Behavior Analysis with Instruction Tuning* (Li et al., ECCV
2024)."""
_PUBLISHED_LICENCES = """\
- Base: LLaVA-1.5, built on Llama 2, under the Llama 2 Community License; vision tower: CLIP, MIT.
- Adapters: trained on FABA-Instruct, whose images come from AffectNet, for non-commercial research only.
  Their authors' code is under MIT; the weights state no licence: ask the authors before redistribution."""
_OWN_LICENCES = """\
- Weights: subject to the terms of their training data and of the base."""


def write_card(folder: Path) -> None:
    """Write the model card ``README.md`` of a checkpoint folder."""
    with replacing(folder / CARD) as partial:
        partial.write_text(card(folder), encoding="utf-8")


def card(folder: Path) -> str:
    """Return the text of a model card: base, adapters, prior expert, usage and licences."""
    config = EmolaConfig.from_pretrained(folder)
    adapters = {
        path.parent.name: json.loads(path.read_text("utf-8"))
        for path in sorted(folder.glob("adapters/*/adapter_config.json"))
    }
    expert = _EXPERTS.get(config.prior_expert, config.prior_expert)
    rows = [
        ("base", _base(config, adapters)),
        *((f"adapter `{name}`", _adapter(settings)) for name, settings in adapters.items()),
        ("prior expert", f"`{config.prior_expert}`, {config.prior_dim} numbers: {expert}"),
        ("prompt", f"`{config.prompt}`"),
        *([("reading", _READINGS[config.reading])] if config.reading else []),
    ]
    table = "".join(f"| {part} | {description} |\n" for part, description in rows)
    published = config.prompt == "vicuna_v1"
    head = _HEAD.format(
        title=config.title,
        front=f"base_model: {config.base_model}\n" if config.base_model else "",
        origin=_PUBLISHED if published else _OWN,
    )
    tail = _TAIL.format(
        quantize=', quantize="nf4"' if published else "",
        question=QUESTION["au"],
        licences=_PUBLISHED_LICENCES if published else _OWN_LICENCES,
        expert=expert,
    )
    return head + table + tail


def push_to_hub(folder: str | Path, name: str, *, private: bool = True, token: str | None = None) -> str:
    """Upload a checkpoint folder to the hub as ``owner/name`` and return its address.

    An existing model card is kept; otherwise one is generated. The repository is private by default, because
    not all licences of the parts permit redistribution.

    Raises CheckpointError when the folder is not an intact checkpoint or the upload fails.
    """
    folder = Path(folder)
    if not (folder / "config.json").is_file():
        raise CheckpointError(f"{folder} is not an EmoLA checkpoint: config.json is missing.")
    require_intact(folder)
    if not (folder / CARD).is_file():
        write_card(folder)
    hub = HfApi(token=token)
    try:
        address = str(hub.create_repo(name, private=private, exist_ok=True))
        hub.upload_folder(repo_id=name, folder_path=folder, allow_patterns=list(CHECKPOINT_FILES))
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise CheckpointError(f"{folder} cannot be pushed to {name}: {first_line(error)}.") from None
    return address


def _base(config: EmolaConfig, adapters: dict[str, Any]) -> str:
    if config.language_model:
        return f"`{config.language_model}`, downloaded separately; the other weights are in this folder"
    if config.base_model:
        return f"`{config.base_model}` at commit `{config.base_revision}`, not part of this folder"
    names = {settings.get("base_model_name_or_path") for settings in adapters.values()} - {None}
    return f"`{', '.join(sorted(names)) or 'unnamed'}`, its weights in this folder"


def _adapter(settings: dict[str, Any]) -> str:
    return f"LoRA of rank {settings['r']}, alpha {settings['lora_alpha']}, with its own projectors"
