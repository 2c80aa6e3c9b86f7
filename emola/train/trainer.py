"""The trainer of adapters: LoRA and projectors, for Nano and for the published size alike."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.utils import SAFETENSORS_WEIGHTS_NAME
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from transformers import Trainer, TrainerCallback

from emola.errors import RecipeError
from emola.files import replacing
from emola.model.integrity import load_errors
from emola.model.processing import IGNORE_INDEX

LANGUAGE_LAYERS = r".*language_model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)"
"""Every linear layer of the language model: where LoRA goes."""

PROJECTOR, PRIOR_PROJECTOR = "multi_modal_projector", "prior_projector"
PROJECTORS = (PROJECTOR, PRIOR_PROJECTOR)
_PARTS = {"projector": PROJECTOR, "prior_projector": PRIOR_PROJECTOR, "lora": "lora_"}
"""What can be frozen: in which parameters' names each part is found."""


class AdapterTrainer(Trainer):
    """Trainer with a frozen tower, learning rates for the projectors, and a loss over answers only.

    learning_rates: part of a parameter's name -> its learning rate, where it is not the usual one.
    """

    def __init__(self, *args: Any, learning_rates: dict[str, float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learning_rates = learning_rates
        self._since: tuple[float, int] | None = None

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """AdamW with a group of parameters for each learning rate."""
        if getattr(self, "optimizer", None) is None:
            groups: dict[float, list[torch.nn.Parameter]] = {self.args.learning_rate: []}
            for name, parameter in self.model.named_parameters():
                if parameter.requires_grad:
                    rates = [rate for part, rate in self.learning_rates.items() if part in name]
                    rate = rates[0] if rates else self.args.learning_rate
                    groups.setdefault(rate, []).append(parameter)
            self.optimizer = torch.optim.AdamW(
                [{"params": parameters, "lr": rate} for rate, parameters in groups.items() if parameters],
                weight_decay=self.args.weight_decay,
            )
        return self.optimizer

    def compute_loss(
        self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **kwargs: Any
    ) -> Any:
        """Cross-entropy of the answers' tokens, mean over all of them.

        The vocabulary is scored nowhere else, which saves a small model a good part of its time.
        """
        # The tower is frozen, and its batch statistics with it.
        self.accelerator.unwrap_model(model).get_base_model().model.vision_tower.eval()
        labels_BT = F.pad(inputs.pop("labels")[:, 1:], (0, 1), value=IGNORE_INDEX)
        learned_BT = labels_BT != IGNORE_INDEX
        logits_NV = model(**inputs, logits_to_keep=learned_BT).logits
        loss = F.cross_entropy(logits_NV.float(), labels_BT[learned_BT])
        return (loss, {"logits": logits_NV}) if return_outputs else loss

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """As the Trainer's; the clock starts with the first step, which is not step 0 after resuming."""
        self._since = self._since or (time.monotonic(), self.state.global_step)
        return super().training_step(*args, **kwargs)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """As the Trainer's, with the samples a second since the last time."""
        if "loss" in logs and self._since:
            (then, step), now = self._since, time.monotonic()
            per_step = self.args.train_batch_size * self.args.gradient_accumulation_steps
            samples = (self.state.global_step - step) * per_step * self.args.world_size
            logs["samples_per_second"] = round(samples / max(now - then, 1e-9), 2)
            self._since = (now, self.state.global_step)
        super().log(logs, start_time)


class PriorGradientCheck(TrainerCallback):
    """Stops a run in its first step when the prior projector learns nothing: no prior reaches it."""

    def __init__(self) -> None:
        self.learns = False
        self._hooks: list[Any] = []

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Watch the gradient of the first layer, which is zero for a prior of zeros."""
        for name, parameter in model.named_parameters():
            if f"{PRIOR_PROJECTOR}." in name and name.endswith("linear_1.weight") and parameter.requires_grad:
                self._hooks.append(parameter.register_hook(self._see))

    def _see(self, gradient: torch.Tensor) -> None:
        self.learns = self.learns or bool(gradient.abs().sum() > 0)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Raise RecipeError unless a gradient was seen; later steps are not watched."""
        if not self._hooks:
            return
        for hook in self._hooks:
            hook.remove()
        self._hooks = []
        if not self.learns:
            raise RecipeError(
                "The prior projector receives no gradient: none of the first faces has a prior. Compute "
                "what is missing (emola data features), or train with 'prior: off'."
            )


def add_adapter(
    base: Any, name: str, *, start: Path | None, rank: int, alpha: int, dropout: float
) -> PeftModel:
    """An adapter on a frozen base: LoRA on the language model's layers, and both projectors.

    start: folder of an adapter to go on from, with its own settings; None to begin anew.
    """
    base.requires_grad_(False)
    if start:
        with load_errors(start):
            return PeftModel.from_pretrained(base, start, name, is_trainable=True)
    lora = LoraConfig(
        r=rank,
        lora_alpha=alpha,
        lora_dropout=dropout,
        target_modules=LANGUAGE_LAYERS,
        modules_to_save=list(PROJECTORS),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, lora, adapter_name=name)


def check_frozen(parts: Sequence[str]) -> None:
    """Raise RecipeError unless they can be frozen, and something is left to learn."""
    for part in parts:
        if part not in _PARTS:
            raise RecipeError(f"{part!r} cannot be frozen; use one of {', '.join(_PARTS)}.")
    if set(parts) == set(_PARTS):
        raise RecipeError("Everything is frozen: leave something out of 'frozen' for the training to learn.")


def freeze(model: Any, parts: Sequence[str]) -> None:
    """Keep what a part names as it is: "projector", "prior_projector" or "lora"."""
    for part in parts:
        for name, parameter in model.named_parameters():
            if _PARTS[part] in name:
                parameter.requires_grad_(False)


def save_adapter(model: PeftModel, folder: Path, weights: dict[str, torch.Tensor] | None = None) -> None:
    """Write the adapters in half precision: ``folder/NAME/adapter_*``.

    weights: the model's state, gathered from where it is kept in parts; None where it is whole.
    """
    model.save_pretrained(folder, state_dict=weights, save_embedding_layers=False)
    for path in folder.glob(f"*/{SAFETENSORS_WEIGHTS_NAME}"):
        weights = {name: tensor.half() for name, tensor in load_file(path).items()}
        if not all(tensor.isfinite().all() for tensor in weights.values()):
            raise RuntimeError(f"{path} holds numbers too large for half precision.")
        with replacing(path) as partial:
            save_file(weights, partial, metadata={"format": "pt"})
