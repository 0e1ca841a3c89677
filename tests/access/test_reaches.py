"""The tables of domain sections 8 and 9, transcribed by hand, against ``access.toml``."""

from __future__ import annotations

import pytest

from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.aggregates import withheld
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Caller, Data, Reach, Role
from dutygraph.service.access.tables import access_tables, read_tables
from dutygraph.service.access.view import View
from dutygraph.service.access.writes import may_write, require_write

MARKS = {"●": Reach.ALL, "◐": Reach.OWN, "○": Reach.COUNTS, "–": Reach.NONE}
# domain section 8, "self" and "own" of single cells being ◐; the last four rows: section 9, rows missing.
# Not in either: extras (nobody knows what they say, so the office alone), administrator (no data graph).
SEEN = """
             T1 T2 T3 post-holder SO FD trainee administrator
structure    ●  ●  ●  ●           ●  ●  ●       –
identity     ●  ◐  –  ◐           ●  –  –       –
work         ●  ◐  ◐  –           ●  –  –       –
unannounced  ●  –  –  –           ●  –  –       –
issues       ●  ◐  ◐  ◐           ●  ◐  –       –
talks        ◐  ◐  –  ◐           ◐  –  –       –
scores       ●  ◐  ◐  ◐           ●  –  –       –
metrics      ●  ○  –  ◐           ●  –  –       –
cases        ●  ●  ●  ●           ●  ●  ●       –
reporter     ◐  –  –  –           ●  –  –       –
waivers      ●  ◐  ◐  –           ●  –  –       –
audit        ◐  –  –  –           ●  –  –       –
extras       –  –  –  –           ●  –  –       –
"""
# Who does what. The moves of records are told by domain section 3; here, who makes any at all.
DONE = """
                 T1 T2 T3 post-holder SO FD trainee administrator
import           –  –  –  –           ●  –  –       –
identity.import  –  –  –  –           ●  –  –       –
bureau.recheck   –  –  –  –           ●  –  –       –
record.create    –  –  –  –           ●  –  –       –
record.replace   –  –  –  –           ●  –  –       –
record.delete    –  –  –  –           ●  –  –       –
record.move      ●  ◐  ◐  ◐           ●  ◐  –       –
gap.assign       ●  ◐  –  –           ●  –  –       –
gap.waive        ●  –  –  –           –  –  –       –
account.change   –  –  –  –           –  –  –       ●
store.backup     –  –  –  –           –  –  –       ●
store.restore    –  –  –  –           –  –  –       ●
store.upgrade    –  –  –  –           –  –  –       ●
"""


def cells(table: str) -> dict[tuple[str, Role], Reach]:
    head, *rows = [line.split() for line in table.strip().splitlines()]
    assert head == [role.value for role in Role if role.value in head] or set(head) == set(Role)
    return {
        (row[0], Role(role)): MARKS[mark] for row in rows for role, mark in zip(head, row[1:], strict=True)
    }


def test_every_kind_of_data_and_every_role_is_in_the_table() -> None:
    assert set(cells(SEEN)) == {(data.value, role) for data in Data for role in Role}


@pytest.mark.parametrize(("cell", "reach"), cells(SEEN).items())
def test_a_role_sees_as_far_as_the_domain_says(cell: tuple[str, Role], reach: Reach) -> None:
    assert access_tables().reach(Data(cell[0]), cell[1]) is reach


def test_no_cell_is_limited_to_properties_but_the_office_s_of_talks() -> None:
    assert access_tables().only == {
        (Data.TALKS, Role.SO): ("rdf:type", "dcterms:identifier", "sv:heldOn"),
    }


@pytest.mark.parametrize(("cell", "reach"), cells(DONE).items())
def test_a_role_does_what_the_domain_says(cell: tuple[str, Role], reach: Reach) -> None:
    caller = Caller("somebody", cell[1], "SY")
    assert may_write(caller, Action(cell[0]), own=True) is (reach in (Reach.ALL, Reach.OWN))
    assert may_write(caller, Action(cell[0]), own=False) is (reach is Reach.ALL)


@pytest.mark.parametrize("action", sorted(set(Action) - {Action(action) for action, _ in cells(DONE)}))
@pytest.mark.parametrize("role", Role)
def test_what_the_table_does_not_name_is_nobody_s(action: Action, role: Role) -> None:
    assert not may_write(Caller("somebody", role, "SY"), action)


@pytest.mark.parametrize("action", [Action.RECORD_CREATE, Action.RECORD_REPLACE, Action.RECORD_DELETE])
@pytest.mark.parametrize("role", Role)
def test_waivers_are_written_by_tier_1_alone(action: Action, role: Role) -> None:
    assert may_write(Caller("somebody", role, "SY"), action, kind="waiver") is (role is Role.T1)


def test_a_refused_act_says_so_in_two_languages() -> None:
    with pytest.raises(ForbiddenError) as refused:
        require_write(Caller("somebody", Role.FD, "SY"), Action.IMPORT)
    text: Text = refused.value.text
    assert "监督办公室" in text.zh
    assert "supervision office" in text.en


def test_a_view_refuses_less_reach_than_is_asked_for(views: dict[str, View]) -> None:
    views["T2"].require(Data.METRICS, Reach.COUNTS)
    views["T2"].require(Data.WORK)
    for data, at_least in ((Data.METRICS, Reach.OWN), (Data.WORK, Reach.ALL), (Data.UNANNOUNCED, Reach.OWN)):
        with pytest.raises(ForbiddenError):
            views["T2"].require(data, at_least)


def test_figures_about_one_or_two_people_are_withheld() -> None:
    assert [people for people in (0, 1, 2, 3, 40) if withheld(people)] == [1, 2]


@pytest.mark.parametrize("words", ["[structures]", '[structure]\nT4 = "all"', '[structure]\nT1 = "most"'])
def test_a_word_that_the_tables_do_not_know_is_refused(words: str) -> None:
    rest = "[only]\n[whole-of-own]\n[writes]\n[writes-of-kind]\n"
    with pytest.raises(ValueError, match="is not a valid"):
        read_tables(f"{words}\n{rest}".replace("[structures]", '[structures]\nT1 = "all"'))
