"""The `lumora` command: serve, ask, ingest, collections, search, eval, import, export, doctor, models."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

from lumora import __version__
from lumora.errors import LumoraError
from lumora.settings import Settings, load

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when it went well, 1 when not, 2 for wrong usage, 130 when interrupted."""
    options = parser().parse_args(argv)
    try:
        return _run(options, load(**{k: v for k, v in _given(options).items() if v is not None}))
    except LumoraError as e:
        print(f"lumora: {e.message} {e.hint}".rstrip(), file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_FAILED


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name, None) for name in ("data", "host", "port", "access")}


def _run(options: argparse.Namespace, settings: Settings) -> int:
    if options.command in (None, "serve"):
        import app

        return app.run(settings, open_browser=getattr(options, "browser", None))
    if options.command == "doctor":
        from lumora.cli.doctor import doctor

        return doctor(settings)
    from lumora.cli import commands, knowledge, portable

    work: Coroutine[Any, Any, int]
    if options.command == "ask":
        work = commands.ask(settings, options)
    elif options.command in ("import", "export"):
        work = (portable.bring if options.command == "import" else portable.export)(settings, options)
    elif options.command == "search":
        from lumora.cli.search import search

        work = search(settings, options)
    elif options.command == "eval":
        from lumora.cli.evaluation import evaluate

        work = evaluate(settings, options)
    elif options.command in ("ingest", "collections"):
        work = (knowledge.ingest if options.command == "ingest" else knowledge.collections)(settings, options)
    else:
        work = {
            "list": commands.models_list,
            "pull": commands.pull,
            "rm": commands.remove,
            "add": commands.add,
        }[options.action](settings, options)
    return asyncio.run(work)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="lumora", description="A private AI workspace on this machine.")
    top.add_argument("--version", action="version", version=f"lumora {__version__}")
    top.add_argument("--data", help="data folder (LUMORA_DATA)")
    commands = top.add_subparsers(dest="command", title="commands", metavar="")
    serve = commands.add_parser("serve", help="open Lumora in the browser; what plain `lumora` does")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", help="port to listen on")
    serve.add_argument("--access", help="owner, passcode or visitors")
    serve.add_argument("--browser", action=argparse.BooleanOptionalAction, help="open a browser window")
    ask = commands.add_parser("ask", help="ask, and stream the answer to the terminal")
    ask.add_argument("question", nargs="*", help="the question; what is piped in is put below it")
    ask.add_argument("-m", "--model", help="model to ask")
    ask.add_argument("-c", "--conversation", help="conversation to go on with")
    ask.add_argument(
        "--collection",
        action="append",
        metavar="NAME",
        help="collection of documents to answer from; may be given several times",
    )
    ingest = commands.add_parser("ingest", help="take documents into a collection, to search and ask them")
    ingest.add_argument("path", nargs="+", help="files, folders, zip archives or addresses of web pages")
    ingest.add_argument(
        "--collection", metavar="NAME", help="where to; it is made when there is none (default: Documents)"
    )
    ingest.add_argument("--follow", action="store_true", help="keep the collection in step with a folder")
    commands.add_parser("collections", help="all collections of documents")
    search = commands.add_parser("search", help="find passages of documents, by meaning and by words")
    search.add_argument("query", nargs="+", help="words or a question")
    search.add_argument(
        "--collection", action="append", metavar="NAME", help="where to look; may be given several times"
    )
    search.add_argument("-n", "--limit", type=int, default=5, help="how many passages (default: 5)")
    search.add_argument(
        "--kind", choices=("hybrid", "vector", "lexical"), default="hybrid", help="how (default: hybrid)"
    )
    _add_eval(commands.add_parser("eval", help="how well the golden questions of a collection are answered"))
    bring = commands.add_parser("import", help="import the chats of ChatGPT, Open WebUI or another Lumora")
    bring.add_argument("file", nargs="?", help="conversations.json, the zip it came in, or another export")
    bring.add_argument(
        "--undo", metavar="JOB", help="delete what an import brought; it says its job at the end"
    )
    export = commands.add_parser("export", help="write conversations into a file")
    export.add_argument(
        "--format",
        choices=("json", "markdown", "pdf", "sqlite"),
        default="json",
        help="json (the default) can be imported again; several as markdown or pdf come in a zip",
    )
    export.add_argument(
        "-c",
        "--conversation",
        action="append",
        metavar="ID",
        help="only this one; may be given several times",
    )
    export.add_argument("-o", "--output", metavar="FILE", help="where to; - writes to the terminal or a pipe")
    commands.add_parser("doctor", help="what is installed, what is missing, what to do")
    models = commands.add_parser("models", help="models on this machine and to be had")
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all models, and whether they fit this machine")
    pull = actions.add_parser("pull", help="download a model of the catalogue")
    pull.add_argument("name", nargs="?", help="its name")
    pull.add_argument("--starter", action="store_true", help="the starter models")
    remove = actions.add_parser("rm", help="remove an installed model")
    remove.add_argument("name")
    add = actions.add_parser("add", help="install a model from a file, a folder or a hub")
    add.add_argument(
        "reference",
        help="FILE.gguf, owner/repository:quantisation or hf:owner/repository/file.gguf; for search the"
        " folder or owner/repository of a sentence-transformers model",
    )
    return top


def _add_eval(command: argparse.ArgumentParser) -> None:
    command.add_argument("collection", metavar="COLLECTION", help="its name")
    command.add_argument(
        "--questions", metavar="FILE", help="JSON lines of golden questions to add to it first"
    )
    command.add_argument(
        "--kind", choices=("hybrid", "vector", "lexical"), default="hybrid", help="how to search"
    )
    command.add_argument("-n", "--limit", type=int, default=10, help="passages asked for (default: 10)")
    command.add_argument(
        "--rerank", action=argparse.BooleanOptionalAction, help="sort again by a reranking model"
    )
    command.add_argument("--embedder", metavar="MODEL", help="try another embedding model")
    command.add_argument(
        "--support",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also answer, and count the sentences that the passages support",
    )
    command.add_argument("-m", "--model", help="model that answers (default: quoting, without a model)")
    command.add_argument("--json", action="store_true", help="print JSON")
