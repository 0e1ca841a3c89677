"""The whole OpenAPI document against the service that it describes, with all of schemathesis' checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, CheckContext, CheckFunction, GenerationMode, Response
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from dutygraph.commits import COMMAND_LINE
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant, TokenKind
from dutygraph.service.app import create_app
from dutygraph.service.settings import load_settings
from tests.cli.door import ledger
from tests.service.running import PASSWORD, Door, Served, running, served

EXAMPLES = 3
ABOUT_THE_FORM = {
    "invalid",
    "wrong-parameters",
    "bad-request",
    "unreadable-body",
    "unsupported-media-type",
    "not-acceptable",
}
BESIDE = ("/sparql", "/health", "/ready", "/metrics")
SECONDS = 30
ROLES: Mapping[Role, Grant] = {
    Role.SO: Grant("", Role.SO, "demo"),
    Role.ADMINISTRATOR: Grant("", Role.ADMINISTRATOR),
}
DOCUMENT = schemathesis.openapi.from_dict(create_app(load_settings(store=Path("unused"))).openapi())
OPERATIONS: Mapping[str, APIOperation] = {
    found.ok().label: found.ok() for found in DOCUMENT.get_all_operations()
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A small bureau, written to by whatever is generated."""
    folder = tmp_path_factory.mktemp("schemathesis")
    with running(folder / "store", ledger(folder / "ledger.xlsx"), allowed_hosts=("*",)) as door:
        for role, grant in ROLES.items():
            door.service.accounts.create(f"by-{role.value.lower()}", PASSWORD, COMMAND_LINE, role=grant)
        yield door


@pytest.fixture(scope="module")
def server(door: Door) -> Iterator[Served]:
    with served(door) as server:
        yield server


def token(door: Door, role: Role) -> str:
    """A token of its own for each call: some calls end the one they are made with."""
    account = door.service.accounts.account(f"by-{role.value.lower()}")
    text, _ = door.service.accounts.tokens.issue(
        account, account.grants[0], TokenKind.SESSION, timedelta(hours=1)
    )
    return text


def bureau_of_the_example(case: Case) -> None:
    """Ask of the bureau that is there, half of the time: random codes reach nothing but 404."""
    if isinstance(case.path_parameters, dict) and "code" in case.path_parameters:
        case.path_parameters["code"] = "demo"


def parts_violated(case: Case) -> set[ParameterLocation]:
    """Return the parts of a request that were made not to fit the document."""
    if case.meta is None:
        return set()
    return {part for part, info in case.meta.components.items() if info.mode.is_negative}


def not_to_be_held(case: Case, violated: set[ParameterLocation]) -> list[CheckFunction]:
    """Return the check of refusals, where what does not fit is not there any more.

    The header is replaced by one with a token that holds; ``/sparql`` passes over query parameters that it
    does not know, as its protocol says, and so do the addresses that machines ask.
    """
    left = violated - {ParameterLocation.HEADER}
    if left == {ParameterLocation.QUERY} and case.operation.path.startswith(BESIDE):
        left = set()
    return [] if left else [negative_data_rejection]


def what_the_schema_allows_is_not_called_invalid(_: CheckContext, response: Response, case: Case) -> None:
    """In the place of schemathesis' own check, which takes every 400 and 422 for a broken promise.

    A weak password, a grant that does not fit its role or a record that the gate refuses is of the schema's
    form and refused all the same; each such refusal is a problem of its own type. What is refused as not
    being of the form must not have been.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code in {400, 406, 413, 415, 422}:
        kind = response.json()["type"].rpartition("/")[2]
        assert kind not in ABOUT_THE_FORM, f"{case.operation.label}: {response.text}"


def test_the_document_has_operations() -> None:
    assert "GET /api/v1/accounts" in OPERATIONS
    assert all(path.startswith(("/api/v1/", "/health", "/ready", "/metrics", "/sparql")) for path in paths())


def paths() -> set[str]:
    return {label.split(" ")[1] for label in OPERATIONS}


@pytest.mark.parametrize("role", ROLES, ids=str)
@pytest.mark.parametrize("label", OPERATIONS)
def test_the_service_does_what_its_document_says(door: Door, server: Served, role: Role, label: str) -> None:
    operation = OPERATIONS[label]
    strategy: Any = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=strategy, known=st.booleans())
    def holds(case: Case, *, known: bool) -> None:
        violated = parts_violated(case)
        if known and ParameterLocation.PATH not in violated:
            bureau_of_the_example(case)
        headers = {"Authorization": f"Bearer {token(door, role)}"}
        case.call_and_validate(
            base_url=server.url,
            headers=headers,
            timeout=SECONDS,
            excluded_checks=[positive_data_acceptance, *not_to_be_held(case, violated)],
            additional_checks=[what_the_schema_allows_is_not_called_invalid],
        )

    holds()
