"""Answers of several rows: read, refused cell by cell, shown, and the keys to them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from assessments.intake.catalogue import PLACES
from assessments.intake.parsing import NotAnAnswer
from assessments.intake.reading import read
from assessments.intake.rows import RowsRefused
from assessments.intake.submission import Submission, submission_in
from assessments.intake_page.choices import options_of
from assessments.intake_page.table_answer import kept_cells, lines_of

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("America/New_York"))
USE, EPISODES = PLACES["opioid_use"][2], PLACES["episodes"][2]
CIRCLE = PLACES["circle"][2]
ROWS = [question for _, _, question in PLACES.values() if question.columns]


def rows(question, **cells):
    """What a form sends: name__row__column."""
    form = {f"{question.key}__{name}": [value] for name, value in cells.items()}
    return read(question, submission_in(form, question), at=NOON)


def test_each_row_keeps_what_was_said():
    reply = rows(
        USE,
        fentanyl__kind="fentanyl",
        fentanyl__route="smoking",
        fentanyl__days="30",
        fentanyl__last="14h",
        heroin__kind="heroin",
        heroin__days="",
    )

    assert reply.value == [
        {
            "row": "fentanyl",
            "kind": "fentanyl",
            "route": ["smoking"],
            "days": 30,
            "last": "2026-11-20T22:00:00-05:00",
        }
    ]


def test_nothing_said_is_no_answer():
    assert rows(USE, fentanyl__kind="") is None
    assert rows(USE) is None


def test_none_is_an_answer_where_there_may_be_none():
    sent = Submission(state="none")

    assert read(CIRCLE, sent, at=NOON).value == []
    with pytest.raises(NotAnAnswer):
        read(USE, sent, at=NOON)


def test_not_known_in_a_cell_leaves_it_open():
    reply = rows(EPISODES, methadone__kind="methadone", methadone__months="?")

    assert reply.value == []


def test_a_column_is_read_only_where_it_is_asked():
    reply = rows(
        EPISODES,
        methadone__kind="methadone",
        methadone__doses="6",
        methadone__dose="90",
    )

    assert reply.value == [{"row": "methadone", "kind": "methadone", "dose": 90}]


def test_what_cannot_be_is_refused_at_its_cell_and_the_rest_is_read():
    with pytest.raises(RowsRefused) as refusal:
        rows(
            USE,
            heroin__kind="heroin",
            heroin__days="300",
            heroin__last="2027-01-01",
            heroin__amount="a gram",
        )

    assert set(refusal.value.faults) == {("heroin", "days"), ("heroin", "last")}
    assert "from 0 to 30" in refusal.value.faults["heroin", "days"]
    assert refusal.value.reply.value == [
        {"row": "heroin", "kind": "heroin", "amount": "a gram"}
    ]
    assert str(refusal.value) == "2 fields are not saved; the rest is."


def test_a_row_needs_to_be_about_something():
    with pytest.raises(RowsRefused, match="One field is") as refusal:
        rows(EPISODES, x1__kind="", x1__months="5")
    assert set(refusal.value.faults) == {("x1", "kind")}

    with pytest.raises(RowsRefused):
        rows(EPISODES, x1__kind="telepathy")


def test_a_row_added_by_hand_is_kept_though_empty():
    assert rows(EPISODES, x1__kind="methadone").value == [
        {"row": "x1", "kind": "methadone"}
    ]


def test_names_that_are_no_rows_are_passed_over():
    assert rows(USE, **{"Bad Name__days": "3", "__days": "3", "x__": "3"}) is None


@for_all(
    question=st.sampled_from(ROWS),
    cells=st.dictionaries(
        st.text("abx1_", min_size=1, max_size=6),
        st.text(max_size=20),
        max_size=6,
    ),
)
def test_whatever_is_sent_is_an_answer_or_a_refusal(question, cells):
    form = {f"{question.key}__{name}": [text] for name, text in cells.items()}
    try:
        read(question, submission_in(form, question), at=NOON)
    except NotAnAnswer:
        return


class TestLines:
    def test_each_thing_that_was_named_has_a_line(self):
        lines = lines_of(USE, {}, ["fentanyl", "heroin"], {})

        assert [line.label for line in lines] == ["Fentanyl or analogues", "Heroin"]
        assert not lines[0].is_own
        assert "opioid_use__fentanyl__days" in lines[0].names

    def test_a_kept_answer_is_shown_as_it_was_typed(self):
        kept = [
            {
                "row": "heroin",
                "kind": "heroin",
                "route": ["nasal"],
                "days": 4,
                "last": "2026-11-20T22:00:00+00:00",
            }
        ]

        (line,) = lines_of(USE, kept_cells(USE, kept), ["heroin"], {})

        assert {c.column.key: c.text for c in line.cells}["last"] == "2026-11-20 22:00"
        assert line.words == ("Heroin: Through the nose, 4 days, 2026-11-20 22:00")

    def test_an_empty_line_is_added_under_a_name_of_its_own(self):
        cells = {"x1": {"kind": ("methadone",)}}

        lines = lines_of(EPISODES, cells, ["methadone"], {}, blank=True)

        assert [line.name for line in lines] == ["methadone", "x1", "x2"]
        assert [option.value for option in lines[2].choices] == ["methadone"]
        assert lines[1].is_own

    def test_a_free_line_may_be_about_anything(self):
        (line,) = lines_of(CIRCLE, {}, [], {}, blank=True)

        assert {option.value for option in line.choices} == {*CIRCLE.kinds}
        assert line.words == ""

    def test_a_fault_stands_at_its_cell(self):
        faults = {("heroin", "days"): "Too many.", ("x1", "kind"): "Choose."}

        lines = lines_of(USE, {"x1": {"kind": ("",)}}, ["heroin"], faults)

        days = next(c for c in lines[0].cells if c.column.key == "days")
        assert (days.message, lines[1].message) == ("Too many.", "Choose.")

    def test_a_truth_is_yes_or_no_and_what_is_no_list_has_no_rows(self):
        kept = [{"row": "methadone", "kind": "methadone", "helped": False}]

        assert kept_cells(EPISODES, kept)["methadone"]["helped"] == ("no",)
        assert kept_cells(EPISODES, None) == {}


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        pytest.param("alone", {"yes": "y", "no": "n", "unknown": "?"}, id="yes or no"),
        pytest.param(
            "dsm5_oud.craving", {"1": "y", "0": "n", "unknown": "?"}, id="met or not"
        ),
        pytest.param("gad7.nervous", {"0": "0", "3": "3", "unknown": "?"}, id="code"),
        pytest.param("cows.restlessness", {"5": "5", "3": "3"}, id="code with gaps"),
        pytest.param("employment", {"working": "1", "retired": "6"}, id="place"),
        pytest.param("resp", {"none": "n", "copd": "5"}, id="several, none"),
        pytest.param("hepatitis", {"none": "1", "chronic": "2"}, id="none, a choice"),
    ],
)
def test_keys(key, keys):
    options = {o.value: o.key for o in options_of(PLACES[key][2], frozenset())}

    assert keys.items() <= options.items()


@pytest.mark.parametrize("key", PLACES)
def test_no_two_answers_share_a_key(key):
    keys = [o.key for o in options_of(PLACES[key][2], frozenset())]

    assert len(keys) == len(set(keys))
