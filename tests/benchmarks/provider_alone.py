"""The fake provider in a process of its own: as fast as it can, or `text` word by word with pauses."""

import asyncio
import json
import sys

from tests.fake_provider import FakeProvider, ScriptedProvider


async def _main() -> None:
    config = json.loads(sys.stdin.readline())
    if "text" in config:
        provider: FakeProvider = ScriptedProvider("slow", text=config["text"], delay=config["delay"])
    else:
        provider = FakeProvider("stream", tokens=config["tokens"])
    async with provider as fake:
        print(json.dumps({"base_url": fake.base_url}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
