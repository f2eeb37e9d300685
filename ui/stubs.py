"""Keeps Gradio from regenerating its editor stubs, which takes almost half of the time to import it.

For each component class, `gradio.component_meta` parses its own source, renders a template and compares or
writes a `.pyi` file inside the installed package: 81 times at every start, for editors only. Where a later
Gradio has no such function, nothing is changed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

MODULE = "gradio.component_meta"
FUNCTION = "create_or_modify_pyi"


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if hasattr(module, FUNCTION):
            setattr(module, FUNCTION, _no_stub)


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != MODULE:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def _no_stub(*_: object) -> None:
    pass


def skip() -> None:
    """Call it before Gradio is imported; afterwards it does nothing."""
    if MODULE not in sys.modules:
        sys.meta_path.insert(0, _Finder())
