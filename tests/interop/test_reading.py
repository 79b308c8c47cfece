"""How a file of the cohort is read, and how each row of it is understood."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest

from interop.cohort import courses
from interop.cohort.files import read
from interop.cohort.records import CohortAnswer, Dose, Observed, Visited
from interop.cohort.report import Report
from interop.cohort.source import (
    NOMINAL_CONSENT,
    CohortUnreadable,
    NotHeld,
    SourceRow,
    noon,
    rows,
)
from tests.interop.folder import HEADERS

CONSENT = noon(NOMINAL_CONSENT)


def row(file, line):
    return SourceRow(
        file, 2, dict(zip(HEADERS[file], line.split(",") + [""] * 20, strict=False))
    )


class TestFile:
    @pytest.fixture
    def read(self, tmp_path):
        def do(content, columns=("who", "what")):
            (tmp_path / "a.csv").write_bytes(content)
            return list(rows(tmp_path, "a.csv", columns))

        return do

    def test_gives_each_line_with_its_number(self, read):
        first, second = read(b"who,what\n1,x\n2, y \n")

        assert (first.line, first["who"], first["what"], first.odd) == (2, "1", "x", "")
        assert (second.line, second["what"]) == (3, "y")

    def test_a_mark_of_byte_order_is_no_part_of_the_first_column(self, read):
        assert read(b"\xef\xbb\xbfwho,what\n1,x\n")[0].who() == 1

    @pytest.mark.parametrize(
        ("line", "odd"),
        [
            pytest.param(b"1", "1 cells where 2 belong", id="too short"),
            pytest.param(b"1,x,more", "3 cells where 2 belong", id="too long"),
            pytest.param(b"1,\x00x", "NUL characters, left out", id="NUL"),
            pytest.param(b"1,\xe9", "characters that are not UTF-8", id="Latin-1"),
            pytest.param(b'1,"x\ny"', "runs over 2 lines", id="line break in a cell"),
        ],
    )
    def test_what_is_strange_about_a_line_is_said(self, read, line, odd):
        (found,) = read(b"who,what\n" + line + b"\n")

        assert found.odd == odd
        assert found.who() == 1

    def test_an_empty_line_names_nobody(self, read):
        (found,) = read(b"who,what\n\n")

        with pytest.raises(NotHeld, match="names no person"):
            found.who()

    def test_a_quote_that_is_never_closed_is_a_row_that_cannot_be_held(self, read):
        (found,) = read(b'who,what\n"1,x\n' + b"2,y\n" * 40)

        assert found.odd.endswith("runs over 41 lines")
        with pytest.raises(NotHeld):
            found.who()

    def test_a_cell_without_an_end_is_refused_by_line(self, read):
        with pytest.raises(CohortUnreadable, match=r"^a\.csv, line 2: field larger"):
            read(b'who,what\n"' + b"x" * 200_000)

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(CohortUnreadable, match=r"b\.csv is not in"):
            list(rows(tmp_path, "b.csv", ("who",)))

    @pytest.mark.parametrize(
        "content", [b"", b"who\n1\n", "who,what\n1,x\n".encode("utf-16")]
    )
    def test_a_file_without_its_columns(self, read, content):
        with pytest.raises(CohortUnreadable, match="lacks the column"):
            read(content)


class TestCells:
    @pytest.mark.parametrize(
        "text", ["", "NA", "x", "-1", "\uff11\uff12", "1234567890"]
    )
    def test_who_must_be_a_number(self, text):
        with pytest.raises(NotHeld, match="names no person"):
            SourceRow("a.csv", 2, {"who": text}).who()

    def test_a_cell_may_not_be_endless(self):
        with pytest.raises(NotHeld, match="longer than any"):
            SourceRow("a.csv", 2, {"who": "1", "what": "x" * 61}).who()

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "has no day"),
            ("NA", "has no day"),
            ("soon", "has 'soon' where a day belongs"),
            ("3001", "has the day 3001, which cannot be"),
            ("-3001", "has the day -3001, which cannot be"),
        ],
    )
    def test_a_day_that_is_none(self, text, reason):
        with pytest.raises(NotHeld, match=f"^{reason}$"):
            SourceRow("a.csv", 2, {"when": text}).day()

    def test_a_day_counts_from_the_nominal_consent(self):
        assert (
            SourceRow("a.csv", 2, {"when": "-5"}).day() - NOMINAL_CONSENT
        ).total_seconds() == -5 * 86400


# A file, a line, and what it yields as (question or code, value).
READ = [
    (
        "demographics.csv",
        "1,30,No,White,Full Time,Yes,,,No",
        [
            ("age", 30),
            ("housing", "stable"),
            ("employment", "working"),
            ("background:race", "White"),
            ("background:is_hispanic", "No"),
            ("background:job", "Full Time"),
        ],
    ),
    (
        "demographics.csv",
        "1,NA,,Not answered,,No,,,",
        [("housing", "unstable")],
    ),
    ("demographics.csv", "1,,,,,,,,", []),
    ("asi.csv", "1,Yes", [("history:injected", "Yes")]),
    ("asi.csv", "1,Not answered", []),
    (
        "qol.csv",
        "1,Yes",
        [("background:without_home", "Yes"), ("housing", "unhoused")],
    ),
    ("qol.csv", "1,No", [("background:without_home", "No")]),
    ("qol.csv", "1,", []),
    (
        "fagerstrom.csv",
        "1,Yes,4,11-20",
        [("tobacco", True), ("ftnd", 4), ("cigarettes_a_day", "11-20")],
    ),
    ("fagerstrom.csv", "1,,,", []),
    ("pain.csv", "1,No Pain,0", [("pain_severity", "No Pain")]),
    ("rbs.csv", "1,heroin,Yes,0", [("used:heroin", "yes"), ("days_of_30:heroin", 0)]),
    ("rbs.csv", "1,heroin,No,", [("used:heroin", "no")]),
    ("rbs.csv", "1,heroin,,", []),
    (
        "rbs_iv.csv",
        "1,2,,,,,,,,",
        [("injecting:days", "2"), ("route", ["injecting"])],
    ),
    ("rbs_iv.csv", "1,0,,,,,,,,", [("injecting:days", "0")]),
    (
        "rbs_iv.csv",
        "1,,,,Yes,,,,,",
        [("injecting:shared", "Yes")],
    ),
    (
        "detox.csv",
        "1,admission,0",
        [("withdrawal_management", "admission")],
    ),
    ("withdrawal.csv", "1,3,0", [("withdrawal_band", 3)]),
    (
        "uds_temp.csv",
        "1,0,0",
        [("urine_temperature", "out of range")],
    ),
    ("tlfb.csv", "1,Heroin,0", [("use_day:heroin", "used")]),
]


def plain(record):
    if isinstance(record, CohortAnswer):
        return record.question, record.value
    return record.code, record.text if record.value is None else record.value


@pytest.mark.parametrize(
    ("file", "line", "found"),
    READ,
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_a_row_says(file, line, found):
    assert [plain(one) for one in read(row(file, line))] == found


@pytest.mark.parametrize(
    ("answers", "mental"),
    [
        pytest.param("No,No,No,No", [], id="all four asked, none"),
        pytest.param(",No,No,No", None, id="one not asked"),
        pytest.param(",Yes,No,", ["depression"], id="one present, others not asked"),
        pytest.param("Yes,Yes,Yes,Yes", "all", id="all"),
    ],
)
def test_no_illness_is_absent_unless_all_were_asked(answers, mental):
    found = read(row("psychiatric.csv", f"1,{answers}"))
    said = [one.value for one in found if getattr(one, "question", "") == "mental"]

    everything = ["anxiety", "bipolar", "depression", "psychosis"]
    assert said == (
        [] if mental is None else [everything if mental == "all" else mental]
    )


def test_epilepsy_is_a_history_of_seizures():
    line = "1,,,,,,Yes"
    found = list(read(row("psychiatric.csv", line)))

    assert [plain(one) for one in found] == [
        ("history:epilepsy", "yes"),
        ("seizure", True),
    ]


# A file, a line that cannot be held, and why.
NOT_HELD = [
    (
        "demographics.csv",
        "1,200",
        "the age 200, which cannot be",
    ),
    (
        "demographics.csv",
        "1,11",
        "the age 11, which cannot be",
    ),
    ("asi.csv", "1,Perhaps", "'Perhaps' in used_iv"),
    ("fagerstrom.csv", "1,Yes,11", "score 11, outside 0 to 10"),
    ("fagerstrom.csv", ",Yes,4", "names no person"),
    ("rbs.csv", "1,glue,No,0", "the drug 'glue'"),
    ("rbs.csv", "1,heroin,Yes,31", "has 31 days of 30"),
    ("detox.csv", "1,x,0", "neither admission"),
    ("withdrawal.csv", "1,,0", "one of the four withdrawal levels"),
    ("uds_temp.csv", "1,7,0", "whether the temperature"),
    ("tlfb.csv", "1,,0", "what was used"),
    ("uds.csv", "1,Glue,0", "the analyte 'Glue'"),
    (
        "visit.csv",
        "1,W1,maybe,,,,,,,,,,,,,,,,7",
        "'maybe' where visit or no visit",
    ),
]


@pytest.mark.parametrize(
    ("file", "line"),
    [("pain.csv", "1,NA,0"), ("pain.csv", "1,Missing,0"), ("rbs_iv.csv", "1")],
)
def test_a_row_in_which_nobody_answered_says_nothing(file, line):
    assert list(read(row(file, line))) == []


def test_a_visit_without_a_day_has_none():
    (found,) = courses.visit(row("visit.csv", "1,WK24,no visit,,1"))

    assert (found.on, found.status, found.reasons) == (None, "missed", ("dead",))


@pytest.mark.parametrize(("file", "line", "reason"), NOT_HELD)
def test_what_cannot_be_held_is_refused_with_the_reason(file, line, reason):
    with pytest.raises(NotHeld, match=reason):
        list(read(row(file, line)))


def test_a_positive_test():
    (found,) = courses.positive(row("uds.csv", "1,Thc,0"))

    assert (found.who, found.analyte, found.at) == (1, "cannabis", CONSENT)
    assert found.key == "uds.csv:1:0:cannabis"


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("visit", "attended"),
        ("final", "attended"),
        ("no visit", "missed"),
        ("MISSING", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_visit(what, status):
    line = f"1,P1Wk2A,{what},,,1,,,,,,,,,,,,,14"
    (found,) = courses.visit(row("visit.csv", line))

    assert found.kind == "p1wk2a"
    assert (found.status, found.reasons) == (status, ("no_show",))
    assert isinstance(found, Visited)


def test_a_day_at_the_site():
    (found,) = courses.trial_day(row("first_survey.csv", "1,3"), "when", "first survey")

    assert (found.kind, found.status, (found.on - NOMINAL_CONSENT).days) == (
        "first survey",
        "attended",
        3,
    )


ARMS = {1: "MTD", 2: "BUP_SL", 3: "NTX_XR"}


class TestDose:
    @pytest.mark.parametrize(
        ("line", "medication", "amount", "odd"),
        [
            pytest.param("1,240,5", "MTD", 240, "", id="methadone, usual"),
            pytest.param(
                "1,241,5", "MTD", 241, "241 mg is more than 240 mg", id="more"
            ),
            pytest.param("2,32,5", "BUP_SL", 32, "", id="buprenorphine, 32 mg"),
            pytest.param(
                "2,33,5", "BUP_SL", 33, "33 mg is more than 32 mg", id="33 mg"
            ),
            pytest.param("3,1,5", "NTX_XR", None, "", id="an injection"),
            pytest.param(
                "3,2,5",
                "NTX_XR",
                None,
                "amount 2 where 1 injection belongs",
                id="two injections",
            ),
        ],
    )
    def test_is_held_with_what_is_odd(self, line, medication, amount, odd):
        given, said = courses.dose(row("treatment.csv", line), ARMS, courses.Once())

        assert (given.medication, given.amount, said) == (medication, amount, odd)
        assert isinstance(given, Dose)

    def test_a_second_one_of_a_day_is_a_second_record(self):
        once = courses.Once()
        line = row("treatment.csv", "1,30,5")
        first, _ = courses.dose(line, ARMS, once)
        second, odd = courses.dose(line, ARMS, once)

        assert first.key != second.key
        assert odd == "a second dose on day 5"

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("4,30,5", "never randomized"),
            ("1,NaN,5", "the amount NaN"),
            ("1,sNaN,5", "the amount sNaN"),
            ("1,-1,5", "the amount -1"),
            ("1,10000,5", "the amount 10000"),
            ("1,much,5", "'much' where an amount belongs"),
            ("1,,5", "'' where an amount belongs"),
            ("1,30,", "has no day"),
        ],
    )
    def test_what_cannot_be_held(self, line, reason):
        with pytest.raises(NotHeld, match=reason):
            courses.dose(row("treatment.csv", line), ARMS, courses.Once())


class TestArm:
    @pytest.mark.parametrize("which", [1, 2])
    def test_a_randomization_with_its_counselling(self, which):
        line = f"2,Outpatient BUP + EMM,{which},7"
        drawn = courses.randomization(row("randomization.csv", line))

        assert (drawn.medication, drawn.on) == (
            "BUP_SL",
            NOMINAL_CONSENT + timedelta(days=7),
        )
        assert [
            (one.code, one.value, one.text) for one in courses.arm_records(drawn)
        ] == [
            ("randomization", which, "Outpatient BUP + EMM"),
            ("counselling", None, "medical management with opioid drug counselling"),
        ]

    def test_an_arm_without_counselling(self):
        drawn = courses.randomization(row("randomization.csv", "2,Methadone,1,7"))

        assert [one.code for one in courses.arm_records(drawn)] == ["randomization"]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("2,Placebo,1,7", "the arm 'Placebo'"),
            ("2,Methadone,,7", "has no number of the randomization"),
            ("2,Methadone,1,", "has no day"),
        ],
    )
    def test_what_cannot_be_held(self, line, reason):
        with pytest.raises(NotHeld, match=reason):
            courses.randomization(row("randomization.csv", line))


class TestReport:
    def test_accounts_for_each_row_by_line(self):
        report = Report()
        held, odd, dropped = (SourceRow("a.csv", line, {}) for line in (2, 3, 4))
        for each in (held, odd, dropped):
            report.saw(each)
        report.keeps(held)
        report.keeps(odd, "strange")
        assert not report.accounts_for_every_row()
        report.drops(dropped, "names nobody")

        assert report.accounts_for_every_row()
        assert list(report.lines()) == [
            "a.csv: 3 rows, 2 held (1 of them odd), 1 not held"
        ]
        stream = StringIO()
        report.write(stream)
        assert stream.getvalue().splitlines() == [
            "file,line,held,reason",
            "a.csv,3,yes,strange",
            "a.csv,4,no,names nobody",
        ]

    def test_an_odd_line_is_said_beside_what_it_says(self):
        report = Report()
        report.keeps(SourceRow("a.csv", 2, {}, odd="NUL characters"), "strange")
        report.drops(
            SourceRow("a.csv", 3, {}, odd="2 cells where 3 belong"), "has no day"
        )

        assert [note.reason for note in report.noted] == [
            "NUL characters; strange",
            "2 cells where 3 belong; has no day",
        ]


def test_a_key_tells_whether_it_was_there():
    once = courses.Once()

    assert [once.key("a"), once.key("b"), once.key("a")] == [
        ("a", False),
        ("b", False),
        ("a#2", True),
    ]


def test_values_are_kept_exactly():
    assert CohortAnswer(1, "age", ["ü"], CONSENT).json == '["\\u00fc"]'
    assert Observed(1, "ftnd", "k", CONSENT, value=Decimal("4.5")).value == Decimal(
        "4.5"
    )
