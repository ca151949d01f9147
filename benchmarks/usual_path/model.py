"""The model of the usual path: the encoder's first token, and one linear layer."""

import pytorch_lightning as pl
import torch
from torch import Tensor
from transformers import AutoModel


class UsualModel(pl.LightningModule):
    """A classifier of sentences that trains all weights with Adam at one learning rate."""

    def __init__(self, pretrained: str, learning_rate: float = 6e-5):
        """Load the encoder from the folder or the hub name of a pre-trained model.

        The default learning rate is the one with which MiniLM learned best on this path.
        """
        super().__init__()
        self.encoder = AutoModel.from_pretrained(pretrained)
        self.classifier = torch.nn.Linear(self.encoder.config.hidden_size, 2)
        self.loss = torch.nn.CrossEntropyLoss()
        self.learning_rate = learning_rate

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Return logits of the shape (sentences, 2) for input_ids and attention_mask."""
        outputs = self.encoder(batch["input_ids"], attention_mask=batch["attention_mask"])
        return self.classifier(outputs.pooler_output)

    def training_step(self, batch: dict[str, Tensor], batch_idx: int) -> Tensor:
        """Return the mean cross-entropy of a batch."""
        return self.loss(self(batch), batch["label"])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return Adam for all weights."""
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate)
