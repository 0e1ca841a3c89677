"""The part of the running service that answers queries: the copies, the processes, the limits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Counter

from dutygraph.service.running import Service
from dutygraph.service.sparql.checkpoints import Checkpoint, Checkpoints
from dutygraph.service.sparql.description import Limits
from dutygraph.service.sparql.formats import Format
from dutygraph.service.sparql.protocol import Asked
from dutygraph.service.sparql.refuse import Reading
from dutygraph.service.sparql.work import Job, Outcome
from dutygraph.service.sparql.workers import TroubleError, Workers

_FOLDER = "checkpoints"

PREFIXES: Mapping[str, str] = {
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sv": "https://w3id.org/dutygraph#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""What a query need not declare; its own declarations go before these."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query that may run, on one copy: whose it is, what it asks, how it is answered."""

    account: str
    reading: Reading
    asked: Asked
    base: str
    form: Format


class Sparql:
    """Answers queries of all callers, each on a copy of what that caller sees."""

    def __init__(self, checkpoints: Checkpoints, workers: Workers, limits: Limits, outcomes: Counter) -> None:
        """Work with these; *outcomes* counts what became of the queries."""
        self.checkpoints = checkpoints
        self.limits = limits
        self._workers = workers
        self._outcomes = outcomes

    async def ask(self, question: Question, checkpoint: Checkpoint) -> tuple[Outcome, Path]:
        """Return what became of a query, and the file of the answer, which is the caller's to remove.

        Raises:
            TroubleError: there is no answer, and the query's words are not at fault.

        """
        file = self.checkpoints.new_answer()
        answered = False
        try:
            async with self._workers.place(question.account, self.limits.seconds):
                outcome = await self._workers.run(self._job(question, checkpoint, file))
            answered = outcome.failure is None
            self._outcomes.labels(outcome.failure or outcome.cut or "answered").inc()
        except TroubleError as error:
            self._outcomes.labels(error.trouble).inc()
            raise
        except asyncio.CancelledError:
            self._outcomes.labels("given-up").inc()
            raise
        finally:
            if not answered:
                file.unlink(missing_ok=True)
        return outcome, file

    def _job(self, question: Question, checkpoint: Checkpoint, file: Path) -> Job:
        return Job(
            key=checkpoint.key,
            data=str(checkpoint.file),
            text=question.reading.text,
            base=question.base,
            prefixes=PREFIXES,
            own_dataset=question.reading.own_dataset,
            default_graphs=question.asked.default_graphs,
            named_graphs=question.asked.named_graphs,
            format=question.form.key,
            mark=question.form.mark,
            answer=str(file),
            most_rows=self.limits.rows,
            most_bytes=self.limits.bytes,
            seconds=self.limits.seconds,
        )


@contextmanager
def open_sparql(service: Service) -> Iterator[Sparql]:
    """Start the processes, and end them with the service.

    Raises:
        StoreError: the folder of the copies cannot be made.

    """
    settings = service.settings
    workers = Workers(
        settings.sparql_workers, memory=settings.sparql_memory, most_of_one=settings.sparql_waiting
    )
    limits = Limits(settings.sparql_seconds, settings.sparql_rows, settings.sparql_bytes)
    outcomes = Counter(
        "dutygraph_sparql_queries",
        "SPARQL查询数 / SPARQL queries by what became of them",
        ["outcome"],
        registry=service.measures.registry,
    )
    checkpoints = Checkpoints(service.folder.path / _FOLDER)
    workers.start()
    try:
        yield Sparql(checkpoints, workers, limits, outcomes)
    finally:
        workers.stop()
        checkpoints.close()
