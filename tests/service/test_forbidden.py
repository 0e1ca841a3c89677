"""403 tells the right reason: the role, where no token of that role would do; else what the token lacks."""

from __future__ import annotations

import re

import pytest

from docs.generate.api import operations
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.service.running import Door

ASKERS = {
    Role.ADMINISTRATOR: Grant("", Role.ADMINISTRATOR),
    Role.T1: Grant("", Role.T1, "demo", person="P001"),
}
NOT_ASKED = {"sign_out"}


@pytest.mark.parametrize("role", ASKERS)
def test_who_signed_in_with_the_password_never_lacks_a_scope(shared_small: Door, role: Role) -> None:
    client = shared_small.client_for(ASKERS[role])
    wrong, forbidden = [], 0
    for operation in operations():
        if operation.id in NOT_ASKED or operation.is_question:
            continue
        path = re.sub(r"\{\w+\}", "0" * 16, operation.path.replace("{code}", "demo"))
        answer = client.request(operation.method, path)
        if answer.status_code == 403:
            forbidden += 1
            if answer.json()["type"].rpartition("/")[2] != "forbidden" or "范围" in answer.text:
                wrong.append(operation.id)
    assert forbidden
    assert wrong == []


def test_each_is_told_whose_the_accounts_and_the_data_are(shared_small: Door) -> None:
    tier_one = shared_small.client_for(ASKERS[Role.T1]).get("/api/v1/accounts").json()
    assert "管理员" in tier_one["text"]["zh"]
    assert "administrator" in tier_one["text"]["en"]
    data = shared_small.client_for(ASKERS[Role.ADMINISTRATOR]).get("/api/v1/bureaus/demo/gaps")
    assert "管理员只管账号" in data.json()["text"]["zh"]
    assert "www-authenticate" not in data.headers


def test_a_token_that_lacks_what_its_role_may_have_is_told_so(shared_small: Door) -> None:
    office = shared_small.client_for(Grant("", Role.SO, "demo"))
    text = office.post("/api/v1/tokens", json={"label": "report", "scopes": ["read"]}).json()["token"]
    answer = shared_small.client_with(text).post("/api/v1/bureaus/demo/checks", json={"asOf": "2025-12-31"})

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "scope-missing")
    assert 'error="insufficient_scope", scope="write"' in answer.headers["www-authenticate"]
    assert "“write”" in answer.json()["detail"]
