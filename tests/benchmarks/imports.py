"""What `import lumora` costs a program that uses it as a library."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import REPOSITORY
from tests.benchmarks.rows import Found, Row, spread

REPETITIONS = 10
HEAVY = ("torch", "litellm", "chromadb", "gradio")
_SCRIPT = """
import json, sys, time
before = set(sys.modules)
began = time.perf_counter()
import {module}
seconds = time.perf_counter() - began
brought = sorted({{m.partition(".")[0] for m in set(sys.modules) - before}})
print(json.dumps([seconds, brought]))
"""


async def importing(module: str) -> tuple[float, list[str]]:
    """Seconds to import `module` in a fresh interpreter, and the packages it brought."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _SCRIPT.format(module=module)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    seconds, brought = json.loads(out)
    return seconds, brought


async def run(_: Path) -> Found:
    alone = [await importing("lumora") for _ in range(REPETITIONS)]
    whole = [await importing("lumora.workspace") for _ in range(REPETITIONS)]
    heavy = [m for m in HEAVY if m in alone[0][1]]
    heavy_whole = [m for m in HEAVY if m in whole[0][1]]
    others = [m for m in whole[0][1] if m not in sys.stdlib_module_names and m != "lumora"]
    seconds = median(s for s, _ in alone)
    return Found(
        f"{seconds * 1000:.0f} ms, none of {', '.join(HEAVY)}" if not heavy else f"brings {', '.join(heavy)}",
        "—",
        seconds,
        0.3,
        besides=not heavy,
        form="{:.3f} s",
        notes=(
            f"`import lumora`, ms: {spread([s * 1000 for s, _ in alone], '{:.1f}')}",
            f"`import lumora.workspace`, ms: {spread([s * 1000 for s, _ in whole], '{:.0f}')}; "
            f"heavy packages: {', '.join(heavy_whole) or 'none'}; from outside the standard library: "
            f"{', '.join(others) or 'nothing'}",
        ),
    )


ROW = Row(
    "import",
    "`import lumora`",
    "—",
    f"< 0.3 s; no {', '.join(HEAVY)}",
    "Time of the import statement in a fresh interpreter, and what it adds to `sys.modules`.",
    run,
)
