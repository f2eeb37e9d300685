"""Golden questions of a collection, and how well they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field, StringConstraints

from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.schemas import Strict
from lumora.errors import InvalidInput
from lumora.knowledge import golden_lines
from lumora.knowledge.evaluation import MOST, Kind, Tried
from lumora.store.golden import Evaluation, Expected, GoldenQuestion, New
from lumora.types import EXTRACTIVE

router = APIRouter(prefix="/api/v1")
LARGEST = 5_000_000
"""Bytes of an import."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=golden_lines.LONGEST_TEXT)]


class ExpectedIn(Strict):
    """A document that should be found, by its name, with `text` the passage of it that answers."""

    name: Name
    text: Annotated[str, StringConstraints(max_length=golden_lines.LONGEST_TEXT)] = ""
    grade: Annotated[int, Field(ge=1, le=9)] = 1

    def made(self) -> Expected:
        """As the store has it."""
        return Expected(self.name, self.text, self.grade)


Many = Annotated[list[ExpectedIn], Field(min_length=1, max_length=golden_lines.MOST_EXPECTED)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=golden_lines.LONGEST_QUESTION)]


class GoldenIn(Strict):
    """A question, and all that should be found for it."""

    question: Question
    expected: Many


class GoldenChangeIn(Strict):
    """What to change; what is left out stays."""

    question: Question | None = None
    expected: Many | None = None


class GoldenOut(BaseModel):
    """A golden question."""

    id: str
    question: str
    expected: list[ExpectedIn]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: GoldenQuestion) -> GoldenOut:
        """From the stored row."""
        expected = [ExpectedIn(name=e.name, text=e.text, grade=e.grade) for e in row.expected]
        return cls(
            id=row.id,
            question=row.question,
            expected=expected,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class GoldenPage(BaseModel):
    """All golden questions of a collection in the order they were made."""

    items: list[GoldenOut]


class EvaluateIn(Strict):
    """The settings to try; null leaves reranking and embedder as the collection has them."""

    kind: Kind = "hybrid"
    limit: Annotated[int, Field(ge=1, le=MOST)] = 10
    rerank: bool | None = None
    embedder: Annotated[str, StringConstraints(pattern=r"^\w[\w.-]{0,180}(?::\d{1,5})?$")] | None = None
    support: bool = True
    model: Annotated[str, StringConstraints(min_length=1, max_length=200)] = EXTRACTIVE


class Started(BaseModel):
    """The job that runs."""

    job: str


class EvaluationOut(BaseModel):
    """A finished run: its settings, the means of all questions, and each question."""

    id: str
    settings: dict[str, Any]
    metrics: dict[str, Any]
    questions: list[dict[str, Any]]
    created_at: datetime

    @classmethod
    def of(cls, row: Evaluation) -> EvaluationOut:
        """From the stored row."""
        return cls(
            id=row.id,
            settings=row.settings,
            metrics=row.results["metrics"],
            questions=row.results["questions"],
            created_at=row.created_at,
        )


class EvaluationPage(BaseModel):
    """All runs kept of a collection, the newest first, without their questions; `job` is one that runs."""

    items: list[EvaluationOut]
    job: str | None


@router.get("/collections/{collection}/golden")
async def golden(collection: str, ws: Open, who: Who) -> GoldenPage:
    """All golden questions of a collection."""
    return GoldenPage(items=[GoldenOut.of(row) for row in await ws.store.golden.all(who, collection)])


@router.post("/collections/{collection}/golden", dependencies=[WithinQuota])
async def add(collection: str, body: GoldenIn, ws: Open, who: Who) -> GoldenOut:
    """Add a golden question."""
    made = await ws.store.golden.add(who, collection, [_checked(body.question, body.expected)])
    return GoldenOut.of(made[0])


@router.post("/collections/{collection}/golden/import", dependencies=[WithinQuota])
async def import_lines(collection: str, request: Request, ws: Open, who: Who) -> GoldenPage:
    """Add all questions of the JSON lines in the body, or none and say which line cannot be used."""
    body = await request.body()
    if len(body) > LARGEST:
        raise InvalidInput("The file is too large.", hint="Split it.")
    questions = golden_lines.read(body.decode("utf-8", "replace"))
    made = await ws.store.golden.add(who, collection, questions)
    return GoldenPage(items=[GoldenOut.of(row) for row in made])


@router.get("/collections/{collection}/golden/export", response_class=PlainTextResponse)
async def export_lines(collection: str, ws: Open, who: Who) -> PlainTextResponse:
    """All golden questions as JSON lines."""
    lines = golden_lines.write(await ws.store.golden.all(who, collection))
    attachment = {"content-disposition": 'attachment; filename="golden.jsonl"'}
    return PlainTextResponse(lines, media_type="application/x-ndjson", headers=attachment)


@router.patch("/golden/{question}", dependencies=[WithinQuota])
async def change(question: str, body: GoldenChangeIn, ws: Open, who: Who) -> GoldenOut:
    """Change a golden question."""
    expected = None if body.expected is None else [each.made() for each in body.expected]
    return GoldenOut.of(await ws.store.golden.change(who, question, body.question, expected))


@router.delete("/golden/{question}", status_code=204)
async def delete(question: str, ws: Open, who: Who) -> None:
    """Take a golden question away."""
    await ws.store.golden.delete(who, question)


@router.post("/golden/{question}/restore")
async def restore(question: str, ws: Open, who: Who) -> GoldenOut:
    """Undo a delete."""
    return GoldenOut.of(await ws.store.golden.restore(who, question))


@router.post("/collections/{collection}/evaluations", status_code=202)
async def evaluate(collection: str, body: EvaluateIn, ws: Open, who: Who) -> Started:
    """Ask all golden questions with some settings; follow the job."""
    return Started(job=await ws.evaluator.start(who, collection, Tried(**body.model_dump())))


@router.get("/collections/{collection}/evaluations")
async def evaluations(collection: str, ws: Open, who: Who) -> EvaluationPage:
    """The runs kept of a collection."""
    kept = [EvaluationOut.of(row) for row in await ws.store.evaluations.all(who, collection)]
    brief = [each.model_copy(update={"questions": []}) for each in kept]
    return EvaluationPage(items=brief, job=ws.evaluator.job_of(who, collection))


@router.get("/evaluations/{evaluation}")
async def evaluation(evaluation: str, ws: Open, who: Who) -> EvaluationOut:
    """A run with each of its questions."""
    return EvaluationOut.of(await ws.store.evaluations.get(who, evaluation))


@router.delete("/evaluations/{evaluation}", status_code=204)
async def forget(evaluation: str, ws: Open, who: Who) -> None:
    """Remove a run for good."""
    await ws.store.evaluations.delete(who, evaluation)


def _checked(question: str, expected: list[ExpectedIn]) -> New:
    try:
        return golden_lines.checked(question, [each.made() for each in expected])
    except ValueError as e:
        raise InvalidInput(f"That cannot be used: {e}.", hint="Correct it and try again.") from e
