"""Clients that ask again as soon as they are answered, in a process of their own: seconds to first text."""

import asyncio
import json
import sys
from typing import Any

from tests.benchmarks.wire import Connection

WARM = 3


async def _client(config: dict[str, Any]) -> list[float]:
    body = {
        "model": config["model"],
        "stream": True,
        "messages": [{"role": "user", "content": "What is a heat pump?"}],
    }
    async with Connection(config["url"]) as connection:
        answers = [await connection.stream(config["path"], body) for _ in range(WARM + config["rounds"])]
    return [answer.first for answer in answers[WARM:]]


async def _main() -> None:
    config = json.loads(sys.stdin.readline())
    firsts = await asyncio.gather(*(_client(config) for _ in range(config["clients"])))
    print(json.dumps({"first": [f for one in firsts for f in one]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
