"""Options laid out for reading: columns, headlines, what-if, the library."""

import pytest
from hypothesis import given, settings

from knowledge.editions import knowledge
from knowledge.medicines import medicines
from medications.decision_page.columns import arrange
from medications.decision_page.provenance import fired, tallies
from medications.decision_page.reasons import general
from medications.decision_page.what_if import facts_to_try, moves
from medications.knowledge_pages.search import (
    KEYS,
    SECTIONS,
    effects_of,
    evidence_words,
    found,
    names_read,
)
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.headline import counted, first_reason, headline
from medications.options.model import Standing
from medications.rules.effects import Effect
from medications.rules.fact_lines import facts_used, value_words
from medications.templatetags.standings import strongest
from tests.assessments.picture.test_model import FACT_VALUES
from tests.medications.pictures import CLEAR, NOW, ago, clear, old, picture, weighed

DAY = NOW.date()
CARDS = list(knowledge().on(DAY).cards.values())
# In withdrawal too mild for a standard start, after one that went badly.
TENSE = {"phys_dependence": True, "cows": 9, "history_pw": True}


def column(key, options):
    return next(c for c in arrange(options) if c.key == key)


def searched(**facts):
    known = picture({**CLEAR, **facts})
    return with_changes(evaluate(known), known)


class TestColumns:
    def test_go_by_rank_with_the_tablets_last(self):
        columns = arrange(clear(preference="MTD"))

        assert columns[0].key == "MTD"
        assert columns[0].place == "Ranked first"
        assert columns[-1].is_folded

    def test_what_is_ruled_out_stands_behind_and_says_what_would_change_it(self):
        columns = arrange(searched(**TENSE))
        shut = columns[-2]

        assert (shut.key, shut.place) == ("NTX_XR", "Not open now")
        assert shut.openings[0].text == "Physical dependence: no."
        assert shut.way_out.standing is not Standing.CONTRAINDICATED
        assert [pick.is_open for pick in shut.picks] == [False]
        assert "none can be overridden" in shut.ways[0].because

    def test_time_alone_is_given_with_its_day(self):
        options = searched(last_short_acting_dt=ago(days=2), last_fentanyl_dt="never")
        change = column("NTX_XR", options).openings[0]

        assert f"{change.earliest:%d %b}" == "26 Nov"

    def test_ways_that_stand_apart_are_told_apart(self):
        daily = column("BUP_SL", clear(**TENSE))

        assert [w.standing for w in daily.ways] == [Standing.PREFERRED, Standing.AVOID]
        assert daily.ways[0].names == "a low-dose start"
        assert daily.ways[1].basis.rule == "C14"
        assert daily.standing is Standing.PREFERRED
        assert [p.key for p in daily.picks] == ["BUP_LOW", "BUP_SL"]

    def test_products_are_named_where_they_stand_apart(self):
        daily = column("BUP_SL", clear(child_pugh=10))

        assert "with naloxone" in {w.names for w in daily.ways}
        assert {ln.ways for ln in daily.reasons_against if ln.rule == "C41"}

    def test_ways_that_stand_alike_are_one(self):
        injection = column("BUP_XR", clear())

        assert len(injection.ways) == 1
        assert injection.ways[0].names.count(";") == 2

    def test_what_must_be_avoided_is_said_so(self):
        daily = column("MTD", clear(qtc=520))

        assert (daily.place, daily.ways[0].because) == (
            "Better avoided now",
            "One reason",
        )

    def test_what_holds_a_standing_is_asked_first(self):
        methadone = column("MTD", weighed({**CLEAR, "resp": "unknown"}))

        assert methadone.place.endswith("if the answers allow")
        assert methadone.asks.fact == "resp"
        assert methadone.missing_first[0].fact == "resp"
        assert methadone.ways[0].because == "One answer missing"

    def test_nothing_is_asked_where_nothing_holds(self):
        assert column("MTD", clear()).asks is None

    def test_tasks_before_the_first_dose_stand_in_each_column(self):
        options = clear(dsm_count="unknown")

        assert all("C02" in {t.rule for t in c.first} for c in arrange(options))
        assert "C02" not in {line.rule for line in general(options)}

    def test_what_holds_whatever_is_chosen_is_said_once(self):
        lines = general(clear(alone=True, udt="fentanyl"))

        assert {"C95", "C96", "C116"} <= {line.rule for line in lines}
        assert len(lines) == len(set(lines))

    @settings(max_examples=40, deadline=None)
    @given(FACT_VALUES)
    def test_no_finding_is_lost_and_each_column_can_be_read(self, facts):
        options = evaluate(picture(facts))
        columns = arrange(options)

        assert {c.key for c in columns} == {one.key for one in medicines().columns}
        for one in columns:
            shown = {ln.rule for ln in (*one.reasons_for, *one.reasons_against)}
            ways = [options.option(way) for way in medicines().ways(one.key)]
            assert {
                f.rule for w in ways for f in w.findings if f.effect >= Effect.PREFERRED
            } <= shown
            assert one.missing_first + one.missing_more == one.missing
            assert one.place


class TestHeadline:
    @settings(max_examples=40, deadline=None)
    @given(FACT_VALUES)
    def test_one_line_a_medication_each_with_its_reason(self, facts):
        lines = headline(evaluate(picture(facts)))

        assert {line.medication for line in lines} == set(medicines().main)
        assert all(
            line.reason and line.word and line.css and line.icon for line in lines
        )

    def test_a_low_dose_start_speaks_for_daily_buprenorphine_where_it_stands_better(
        self,
    ):
        line = next(x for x in headline(clear(**TENSE)) if x.medication == "BUP_SL")

        assert (line.option, line.word) == ("BUP_LOW", "Preferred")

    @pytest.mark.parametrize(
        ("medication", "facts", "said"),
        [
            pytest.param("MTD", {}, "Nothing known stands against it.", id="eligible"),
            pytest.param(
                "MTD", {"resp": "unknown"}, "One answer missing: Breathing.", id="one"
            ),
            pytest.param("MTD", {"qtc": 470}, "QTc 470 ms: above", id="caution"),
            pytest.param("NTX_XR", {"phys_dependence": True}, "Physically", id="stop"),
        ],
    )
    def test_the_reason_is_what_decides(self, medication, facts, said):
        plain = {k: v for k, v in CLEAR.items() if k != "dsm_count"}
        option = weighed({**plain, **facts}).option(medication)

        assert first_reason(option)[0].startswith(said[:12])

    def test_the_first_day_is_named_once(self):
        last = clear(last_short_acting_dt=ago(days=2), phys_dependence=False)
        dependent = clear(last_short_acting_dt=ago(days=2), phys_dependence=True)

        assert first_reason(last.option("NTX_XR"))[0].count("arliest") == 1
        reason, rule = first_reason(dependent.option("NTX_XR"))
        assert (rule, reason.endswith("Earliest Thu 26 Nov 2026.")) == ("C03", True)

    def test_three_answers_are_counted_and_two_named(self):
        option = weighed({}).option("MTD")

        assert first_reason(option)[0].endswith(", ….")


class TestWhatIf:
    def test_offers_the_usual_facts_and_those_that_hold(self):
        known = picture({"sex": "female"})
        names = facts_to_try(known, evaluate(known))

        assert names[:4] == ("cows", "pregnancy", "qtc", "child_pugh")
        assert len(names) == 7

    def test_pregnancy_is_not_tried_where_it_cannot_be(self):
        known = picture({"sex": "male"})

        assert "pregnancy" not in facts_to_try(known, evaluate(known))

    def test_says_which_standings_move_and_which_do_not(self):
        before = picture({**CLEAR, **TENSE})
        found = moves(evaluate(before), evaluate(before.changed({"cows": 13})))

        assert "Buprenorphine, daily" in {m.title for m in found.moved}
        assert "Methadone" in found.unmoved

    def test_says_what_would_rank_first(self):
        before = picture(CLEAR)
        after = before.changed({"preference": "NTX_XR"})
        found = moves(evaluate(before), evaluate(after))

        assert [m.title for m in found.moved if m.now_first] == [
            "Naltrexone XR, injection"
        ]

    def test_nothing_tried_moves_nothing(self):
        options = clear()

        assert moves(options, options).moved == ()


class TestWording:
    @pytest.mark.parametrize(
        ("fact", "given_", "words"),
        [
            ("pregnancy", True, "Yes"),
            ("qtc", 430, "430 ms"),
            ("last_bup_xr_dt", "never", "Never"),
            ("last_short_acting_dt", "2026-11-01T09:00:00Z", "Sun 1 Nov 2026, 09:00"),
            ("moud_stop", "2026-11-01", "Sun 1 Nov 2026"),
            ("udt", ["fentanyl", "cocaine"], "cocaine, fentanyl"),
            ("udt", [], "None"),
            (
                "preference",
                ["BUP_XR", "fewer_visits"],
                "Buprenorphine XR, injection, fewer visits",
            ),
            ("history", [], "None"),
            ("history", {"medication": "MTD", "helpful": "yes"}, "Methadone, helped"),
            (
                "history",
                {"medication": "MTD"},
                "Methadone, not said whether it helped",
            ),
            ("own_words", "Not daily.", "Not daily."),
        ],
    )
    def test_values_read_as_a_clinician_says_them(self, fact, given_, words):
        assert value_words(fact, picture({fact: given_}).value(fact)) == words

    @pytest.mark.parametrize(
        ("given_", "source", "is_stale"),
        [
            pytest.param(9, "09:00, fresh until 11:00", False, id="now"),
            pytest.param(old(9, hours=3), "06:00, out of date", True, id="old"),
        ],
    )
    def test_each_fact_has_its_time(self, given_, source, is_stale):
        (fact,) = facts_used(picture(cows=given_))

        assert (fact.source, fact.is_stale) == (source, is_stale)

    def test_an_hour_that_the_source_names_is_not_said_twice(self):
        given_ = {"value": 9, "as_of": ago(minutes=20), "source": "COWS 08:40"}
        (fact,) = facts_used(picture(cows=given_))

        assert fact.source == "COWS 08:40, fresh until 10:40"

    def test_another_day_and_year_are_named(self):
        facts = facts_used(picture(qtc=old(430, days=2), hiv=old(True, days=400)))

        assert {f.source for f in facts} == {"Thu 19 Nov", "Fri 17 Oct 2025"}

    @pytest.mark.parametrize(
        ("why", "short"),
        [
            ("QTc not known: if a, b.", "QTc not known: if a, b."),
            (
                "X not known: if a, b; if c, d.",
                "X not known: if a, b. One effect more.",
            ),
            ("X: a; b; c.", "X: a. 2 effects more."),
        ],
    )
    def test_the_strongest_condition_is_said_first(self, why, short):
        assert strongest(why) == short

    def test_counts_agree_with_their_noun(self):
        assert (counted(1, "reason"), counted(2, "answer missing")) == (
            "One reason",
            "2 answers missing",
        )


class TestBasis:
    def test_every_rule_that_spoke_is_counted_by_how_far_it_was_checked(self):
        options = clear(alone=True)

        assert sum(t.count for t in tallies(options)) == len(fired(options))
        assert {"C96", "C116"} <= set(fired(options))


class TestLibrary:
    @pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
    def test_every_rule_can_be_shown(self, card):
        assert card.section in SECTIONS
        assert effects_of(card.effects) or effects_of(card.may)
        assert evidence_words(card)
        for name in names_read(card.id, knowledge()):
            number = knowledge().parameters[name].on(DAY)
            assert all((number.meaning, number.source.title, number.tag))

    def test_a_number_named_only_in_the_condition_is_listed_too(self):
        assert "8" in {
            str(knowledge().parameters[name].on(DAY).value)
            for name in names_read("C14", knowledge())
        }

    @pytest.mark.parametrize(
        ("wanted", "has", "lacks"),
        [
            pytest.param({"text": "QTc 500"}, "C47", "C03", id="words"),
            pytest.param({"text": "c47"}, "C47", "C46", id="its id"),
            pytest.param({"medication": "NTX_PO"}, "C03", "C47", id="medication"),
            pytest.param(
                {"medication": "BRIXADI_M"}, "C02", "C47", id="through all of them"
            ),
            pytest.param({"check": "unverified"}, "C23", "C03", id="verification"),
        ],
    )
    def test_rules_are_found(self, wanted, has, lacks):
        ids = {
            c.id
            for c in found(
                CARDS, **{"text": "", "medication": "", "check": "", **wanted}
            )
        }

        assert has in ids
        assert lacks not in ids

    def test_every_key_has_its_words(self):
        assert {s.title for c in CARDS for s in effects_of(c.effects)} & {
            KEYS["MTD"],
            "Every medication",
        }
        assert not {
            e.title for c in CARDS for e in effects_of(c.effects) if e.title.isupper()
        }
