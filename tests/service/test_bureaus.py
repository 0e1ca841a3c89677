"""The bureaus that a caller may see."""

from __future__ import annotations

import pytest

from dutygraph.service.access.roles import Role
from tests.service.conftest import ClientFor
from tests.service.reads import READERS, got


@pytest.mark.parametrize("role", READERS)
def test_everybody_sees_the_own_bureau_alone(client_for: ClientFor, role: Role) -> None:
    page = client_for(role).get("/api/v1/bureaus").json()
    assert [bureau["code"] for bureau in page["items"]] == ["SL01"]
    assert (page["items"][0]["dataDate"], page["items"][0]["asOf"]) == ("2025-12-31", "2025-12-31")


def test_an_administrator_has_no_bureau(client_for: ClientFor) -> None:
    assert client_for(Role.ADMINISTRATOR).get("/api/v1/bureaus").status_code == 403
    got(client_for(Role.ADMINISTRATOR), "", 403)


def test_another_bureau_is_answered_like_one_that_is_not_there(client_for: ClientFor) -> None:
    answer = client_for(Role.SO).get("/api/v1/bureaus/SL99")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/unknown-bureau")


def test_the_supervision_office_sees_all_things_and_gaps(client_for: ClientFor) -> None:
    bureau = got(client_for(Role.SO), "")
    # F5, F4; the example's 93 expected gaps, 2 of which waivers in force cover
    assert (bureau["counts"]["Business"], bureau["counts"]["KeyPost"]) == (33, 35)
    assert sum(bureau["gaps"].values()) + bureau["waived"] == 93
    assert bureau["reach"]["work"] == "all"


def test_a_trainee_sees_no_people(client_for: ClientFor) -> None:
    bureau = got(client_for(Role.TRAINEE), "")
    assert bureau["counts"]["Business"] == 33
    assert {"Person", "SupervisorAppointment", "PostHolding", "Issue", "TaskSheet"}.isdisjoint(
        bureau["counts"]
    )
    assert bureau["reach"] == {
        data: "all" if data in {"structure", "cases"} else "none" for data in bureau["reach"]
    }


def test_a_figure_is_not_sent_again(client_for: ClientFor) -> None:
    client = client_for(Role.SO)
    first = client.get("/api/v1/bureaus/SL01")
    again = client.get("/api/v1/bureaus/SL01", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.json()["computedAt"]
    assert first.json()["commit"] == 1
