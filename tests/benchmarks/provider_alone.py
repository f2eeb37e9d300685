"""The fake provider in a process of its own."""

import asyncio
import json
import sys

from tests.fake_provider import FakeProvider


async def _main() -> None:
    config = json.loads(sys.stdin.readline())
    async with FakeProvider("stream", tokens=config["tokens"]) as fake:
        print(json.dumps({"base_url": fake.base_url}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
