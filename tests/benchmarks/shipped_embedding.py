"""sentence-transformers as shipped, alone in a process: told texts on stdin, tells seconds and vectors."""

from __future__ import annotations

import json
import sys
import time
from functools import partial


def main() -> None:
    """Read one line of JSON, answer with one."""
    asked = json.loads(sys.stdin.readline())
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(asked["model"], device="cpu")
    encode = partial(model.encode, normalize_embeddings=True, show_progress_bar=False)
    encode(asked["texts"][:64])
    seconds = []
    for _ in range(asked["repetitions"]):
        began = time.perf_counter()
        encode(asked["texts"])
        seconds.append(time.perf_counter() - began)
    found = {name: encode(asked[name]).astype(float).round(5).tolist() for name in ("documents", "queries")}
    print(json.dumps({"seconds": seconds, **found}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
