"""A cross-encoder of the catalogue's architecture, too small to know anything, made here."""

from __future__ import annotations

from pathlib import Path

WORDS = ("tea", "oolong", "is", "brewed", "at", "ninety", "degrees", "how", "when", "heat", "pump", "?", ".")


def cross_encoder(home: Path) -> Path:
    """Write it into the folder `home`: weights always the same, a vocabulary of a few words."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    home.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (home / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(str(home / "vocab.txt")).save_pretrained(home)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(home)
    return home
