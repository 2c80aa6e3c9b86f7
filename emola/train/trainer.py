"""Training of adapters (LoRA and projectors), the same for Nano and for the published model."""

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
from transformers import Trainer, TrainerCallback, TrainingArguments

from emola.errors import RecipeError
from emola.files import replacing
from emola.model.integrity import load_errors
from emola.model.prompts import IGNORE_INDEX
from emola.train.resume import CHECKPOINTS

LANGUAGE_LAYERS = r".*language_model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)"
"""The layers with LoRA: every linear layer of the language model."""

PROJECTOR, PRIOR_PROJECTOR = "multi_modal_projector", "prior_projector"
PROJECTORS = (PROJECTOR, PRIOR_PROJECTOR)
_PARTS = {"projector": PROJECTOR, "prior_projector": PRIOR_PROJECTOR, "lora": "lora_"}
"""Parts that can be frozen, and the substring of their parameters' names."""


class AdapterTrainer(Trainer):  # type: ignore[misc]
    """Trainer with a frozen vision tower, learning rates by parameter, and a loss over answers only.

    learning_rates: substring of parameter names -> learning rate, for those that differ from the default.
    first_token_weight: weight of the first token of each answer in the loss; the others have 1.
    """

    def __init__(
        self, *args: Any, learning_rates: dict[str, float], first_token_weight: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.learning_rates, self.first_token_weight = learning_rates, first_token_weight
        self._since: tuple[float, int] | None = None

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Return AdamW with one parameter group per learning rate."""
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
        optimizer: torch.optim.Optimizer = self.optimizer
        return optimizer

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """Return the weighted cross-entropy of the answers' tokens, over their number.

        num_items_in_batch: number of these tokens in all batches of a step, all devices; None for this one.
        Logits are computed at these tokens only, which saves a small model much of its time.
        """
        # Keeps the batch statistics of the frozen tower.
        self.accelerator.unwrap_model(model).get_base_model().model.vision_tower.eval()
        labels_BT = F.pad(inputs.pop("labels")[:, 1:], (0, 1), value=IGNORE_INDEX)
        is_answer_BT = labels_BT != IGNORE_INDEX
        is_first_BT = is_answer_BT & ~F.pad(is_answer_BT[:, :-1], (1, 0))
        weights_BT = is_first_BT * (self.first_token_weight - 1) + 1
        # Under causal attention no token sees the padding on its right: without a mask, attention is faster.
        del inputs["attention_mask"]
        logits_NV = model(**inputs, logits_to_keep=is_answer_BT, use_cache=False).logits
        losses_N = F.cross_entropy(logits_NV.float(), labels_BT[is_answer_BT], reduction="none")
        loss = (losses_N * weights_BT[is_answer_BT]).sum()
        if num_items_in_batch is None:
            loss = loss / len(logits_NV)
        else:  # gradients are added over the batches of a step, and averaged over the devices
            devices = self.accelerator.num_processes if self.args.average_tokens_across_devices else 1
            loss = loss * devices / num_items_in_batch
        return (loss, {"logits": logits_NV}) if return_outputs else loss

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Run a step; the first one, which is not step 0 after resuming, starts the clock."""
        self._since = self._since or (time.monotonic(), self.state.global_step)
        loss: torch.Tensor = super().training_step(*args, **kwargs)
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log, adding the samples per second since the last call."""
        if "loss" in logs and self._since:
            (then, step), now = self._since, time.monotonic()
            per_step = self.args.train_batch_size * self.args.gradient_accumulation_steps
            samples = (self.state.global_step - step) * per_step * self.args.world_size
            logs["samples_per_second"] = round(samples / max(now - then, 1e-9), 2)
            self._since = (now, self.state.global_step)
        super().log(logs, start_time)


class PriorGradientCheck(TrainerCallback):  # type: ignore[misc]
    """Stops a run in its first step if the prior projector has no gradient, because no prior reaches it."""

    def __init__(self) -> None:
        self._has_gradient = False
        self._hooks: list[Any] = []

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Watch the gradient of the first layer, which is zero for priors of zeros."""
        for name, parameter in model.named_parameters():
            if f"{PRIOR_PROJECTOR}." in name and name.endswith("linear_1.weight") and parameter.requires_grad:
                self._hooks.append(parameter.register_hook(self._note))

    def _note(self, gradient: torch.Tensor) -> None:
        self._has_gradient = self._has_gradient or bool(gradient.abs().sum() > 0)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Raise RecipeError after a first step without gradient; later steps are not watched."""
        if not self._hooks:
            return
        for hook in self._hooks:
            hook.remove()
        self._hooks = []
        if not self._has_gradient:
            raise RecipeError(
                "The prior projector receives no gradient: none of the first faces has a prior. Compute "
                "what is missing (emola data features), or train with 'prior: off'."
            )


def training_arguments(recipe: Any, **others: Any) -> TrainingArguments:
    """Return the arguments of the trainer: what a recipe of an adapter says, and what a kind of recipe adds.

    recipe: a ``FinetuneRecipe`` or an ``InstructRecipe``. others: the additions.
    """
    return TrainingArguments(
        output_dir=str(recipe.out / CHECKPOINTS),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulation,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine",
        max_grad_norm=1.0,
        save_steps=recipe.save_steps,
        save_total_limit=1,
        seed=recipe.seed,
        remove_unused_columns=False,
        **others,
    )


def add_adapter(base: Any, recipe: Any) -> PeftModel:
    """Return the frozen base with a trainable adapter: LoRA on the language model, and both projectors.

    recipe: see ``training_arguments``. An adapter that continues from ``start`` keeps its own LoRA settings.
    """
    base.requires_grad_(False)
    if recipe.start:
        with load_errors(recipe.start):
            return PeftModel.from_pretrained(base, recipe.start, recipe.adapter, is_trainable=True)
    lora = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=LANGUAGE_LAYERS,
        modules_to_save=list(PROJECTORS),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, lora, adapter_name=recipe.adapter)


def check_frozen(parts: Sequence[str]) -> None:
    """Raise RecipeError for unknown parts, or if no part is left to train."""
    for part in parts:
        if part not in _PARTS:
            raise RecipeError(f"{part!r} cannot be frozen; use one of {', '.join(_PARTS)}.")
    if set(parts) == set(_PARTS):
        raise RecipeError("Everything is frozen: leave something out of 'frozen' for the training to learn.")


def freeze(model: Any, parts: Sequence[str]) -> None:
    """Exclude parts from training: "projector", "prior_projector" or "lora"."""
    for part in parts:
        for name, parameter in model.named_parameters():
            if _PARTS[part] in name:
                parameter.requires_grad_(False)


def save_adapter(model: PeftModel, folder: Path, weights: dict[str, torch.Tensor] | None = None) -> None:
    """Write the adapters in half precision to ``folder/NAME/adapter_*``.

    weights: the gathered state of a sharded model; None for a model that is not sharded. Raises RuntimeError
    for weights too large for half precision.
    """
    model.save_pretrained(folder, state_dict=weights, save_embedding_layers=False)
    for path in folder.glob(f"*/{SAFETENSORS_WEIGHTS_NAME}"):
        weights = {name: tensor.half() for name, tensor in load_file(path).items()}
        if not all(tensor.isfinite().all() for tensor in weights.values()):
            raise RuntimeError(f"{path} holds numbers too large for half precision.")
        with replacing(path) as partial:
            save_file(weights, partial, metadata={"format": "pt"})
