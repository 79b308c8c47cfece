"""Options laid out for reading: columns, headlines, what-if, the library."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from knowledge.editions import knowledge
from knowledge.medicines import medicines
from knowledge.wording.short_lines import (
    minus_line,
    plus_line,
    short_lines,
    shortened,
)
from medications.decision_page.columns import arrange, for_all
from medications.decision_page.provenance import fired, tallies
from medications.decision_page.reasons import general
from medications.decision_page.tiers import DECIDERS, deciders, mentioned, tiers
from medications.decision_page.verdicts import step_words
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
from medications.options.model import PathStep, Standing
from medications.rules.effects import Effect
from medications.rules.fact_lines import facts_used, value_words
from medications.templatetags.standings import strongest
from tests.assessments.picture.test_model import FACT_VALUES
from tests.medications.pictures import NOW, READY, ago, clear, old, picture, weighed

DAY = NOW.date()
CARDS = list(knowledge().on(DAY).cards.values())
EDITION = knowledge().on(DAY)
# In withdrawal too mild for a standard start, after one that went badly.
TENSE = {"phys_dependence": True, "cows": 9, "history_pw": True}


def columns(facts, mentioned=None):
    known = picture({**READY, **facts})
    options = with_changes(evaluate(known), known)
    return arrange(options, known, EDITION, mentioned=mentioned)


def column(key, **facts):
    return next(c for c in columns(facts) if c.key == key)


class TestColumns:
    def test_go_by_rank_with_the_tablets_last(self):
        found = columns({"preference": "MTD"})

        assert (found[0].key, found[0].rank) == ("MTD", 1)
        assert found[-1].is_folded

    def test_equals_go_by_the_persons_mention_then_by_name(self):
        by_name = [c.key for c in columns({}) if c.is_tied]
        said = [c.key for c in columns({}, {"MTD": 0}) if c.is_tied]

        assert len(by_name) > 1
        assert by_name == sorted(by_name, key=lambda key: medicines()[key].name)
        assert said[0] == "MTD"

    def test_what_is_ruled_out_stands_behind_and_says_what_would_change_it(self):
        shut = columns({"phys_dependence": True, "cows": 14})[3]

        assert shut.key == "NTX_XR"
        assert any("No physical dependence" in one.text for one in shut.openings)
        assert shut.way_out.standing is not Standing.CONTRAINDICATED
        assert [pick.is_open for pick in shut.picks] == [False]
        assert shut.verdict.startswith("Not before ")

    @pytest.mark.parametrize(
        ("step", "words"),
        [
            pytest.param(
                PathStep("could_be_pregnant", "Could be pregnant: no"),
                "Pregnancy ruled out",
                id="no",
            ),
            pytest.param(
                PathStep("rems", "REMS certified: yes"), "REMS certified", id="yes"
            ),
            pytest.param(
                PathStep("infection", "Infection from use: no"),
                "Infection from use: no",
                id="what reads well as it is",
            ),
            pytest.param(
                PathStep("pregnancy, rems", "Pregnancy: no, and REMS certified: yes"),
                "Pregnancy ruled out, and REMS certified",
                id="two at once",
            ),
        ],
    )
    def test_an_answer_reads_as_a_step(self, step, words):
        assert step_words(step) == words

    def test_time_alone_is_given_with_its_day(self):
        shut = column("NTX_XR")

        assert f"{shut.openings[0].earliest:%d %b}" == "26 Nov"
        assert shut.verdict.startswith("Not before Thu 26 Nov")

    def test_products_are_named_where_they_stand_apart(self):
        daily = column("BUP_SL", child_pugh=10)

        assert "with naloxone" in {w.names for w in daily.ways}
        assert {ln.ways for ln in daily.reasons_against if ln.rule == "C41"}

    def test_ways_that_stand_alike_are_one(self):
        injection = column("BUP_XR")

        assert len(injection.ways) == 1
        assert injection.ways[0].names.count(";") == 2

    def test_a_way_of_starting_that_nothing_calls_for_is_left_out(self):
        plain, called_for = column("BUP_SL"), column("BUP_SL", **TENSE)

        assert ([p.key for p in plain.picks], plain.is_start_called_for) == (
            ["BUP_SL"],
            False,
        )
        assert "BUP_LOW" in {p.key for p in called_for.picks}

    def test_what_holds_a_standing_is_asked_for(self):
        shut = column("NTX_XR", last_short_acting_dt="unknown", cows="unknown")

        assert shut.standing is Standing.NEEDS_DATA
        assert shut.asks.fact in shut.verdict.lower() or shut.verdict.startswith(
            "Waits for: "
        )

    def test_nothing_is_asked_where_nothing_holds(self):
        assert column("MTD").asks is None

    def test_bedside_questions_are_counted(self):
        assert column("BUP_SL").asks_first == 0
        assert column("BUP_SL", allergy="unknown").asks_first == 1

    def test_what_cannot_be_given_here_says_where_it_would_stand(self):
        refer = column("MTD", is_otp=False)

        assert (refer.standing, refer.would_be, refer.is_here) == (
            Standing.NOT_HERE,
            Standing.PREFERRED,
            False,
        )
        assert "refer" in refer.verdict

    def test_tasks_before_the_first_dose_stand_in_each_column(self):
        found = columns({"dsm_count": "unknown"})

        assert all("C02" in {t.rule for t in c.first} for c in found)
        assert "C02" not in {line.rule for line in general(clear(dsm_count="unknown"))}

    def test_a_task_before_every_dose_is_said_once_for_all(self):
        found = columns({"dsm_count": "unknown"})

        assert "C02" in {line.rule for line in for_all(found)}
        assert all("C02" not in {t.rule for t in c.own_first} for c in found)

    def test_what_one_medicine_alone_waits_for_stays_in_its_column(self):
        only_one = [replace(c, first=()) for c in columns({})[1:]]

        assert for_all(only_one) == ()
        assert for_all(only_one[:1]) == ()

    def test_what_nothing_speaks_for_or_against_is_silent(self):
        nothing = {"reasons_for": (), "reasons_against": (), "fits": ()}

        assert not column("MTD", resp=["copd"]).is_silent
        assert replace(column("MTD"), **nothing).is_silent

    def test_what_is_not_in_sight_is_told_by_its_number(self):
        sight = column(
            "MTD",
            qtc=470,
            sedatives=["benzodiazepine"],
            alcohol="active",
            resp=["copd"],
            age=70,
            med_list=["carbamazepine", "haloperidol"],
            child_pugh=10,
            preference="MTD",
        )

        hidden = len(sight.reasons_against) - len(sight.minus)
        assert hidden > 0
        assert f"{hidden} more against" in sight.rest

    def test_what_holds_whatever_is_chosen_is_said_once(self):
        lines = general(clear(alone=True, udt="fentanyl"))

        assert {"C95", "C96", "C116"} <= {line.rule for line in lines}
        assert len(lines) == len(set(lines))

    @settings(max_examples=40, deadline=None)
    @given(FACT_VALUES)
    def test_no_finding_is_lost_and_each_column_can_be_read(self, facts):
        known = picture(facts)
        options = with_changes(evaluate(known), known)
        found = arrange(options, known, EDITION)

        assert {c.key for c in found} == {one.key for one in medicines().columns}
        for one in found:
            shown = {ln.rule for ln in (*one.reasons_for, *one.reasons_against)}
            ways = [options.option(way) for way in medicines().ways(one.key)]
            said = [f for w in ways if not w.not_needed for f in w.findings]
            assert {f.rule for f in said if f.effect >= Effect.PREFERRED} <= shown
            assert one.verdict.endswith(".")
            assert len(one.plus) + len(one.plus_fits) <= 3 >= len(one.minus)


class TestTiers:
    def test_equals_share_one_whose_head_says_what_would_decide(self):
        known = picture(READY)
        first = tiers(columns({}), known)[0]

        assert first.is_tie
        assert first.title == "Equal on what is known"
        assert first.note.startswith("Their wish")

    def test_each_place_and_each_reason_for_none_has_its_own(self):
        facts = {"preference": "BUP_SL", "is_otp": False}
        found = tiers(columns(facts), picture({**READY, **facts}))

        titles = [tier.title for tier in found]
        assert titles[0] == "First, on what is known"
        assert titles[-2:] == ["Not at this clinic", "Not now"]

    def test_nothing_known_decides_where_all_was_asked(self):
        facts = dict.fromkeys(DECIDERS, "none") | {"travel": 1, "otp_access": True}
        facts |= {"preference": "fear_of_withdrawal", "values": ["few_visits"]}
        known = picture({**READY, **facts, "history": []})

        assert "choose together" in deciders(known)

    @pytest.mark.parametrize(
        ("said", "first"),
        [
            ("Suboxone helped me. No methadone.", "BUP_SL"),
            ("Methadone, or the film.", "MTD"),
            ("Whatever works.", None),
        ],
    )
    def test_what_was_named_first_goes_first(self, said, first):
        found = mentioned([said])

        assert min(found, key=found.get, default=None) == first


class TestShortLines:
    def test_a_rule_without_one_is_cut_where_a_clause_ends(self):
        text = "Wait and see. Then, if all is as it was before, look at it once more."

        assert shortened(text, 8) == "Wait and see…"
        assert shortened("Short enough.") == "Short enough."

    def test_what_is_said_against_is_cut_between_sentences_alone(self):
        said = "Last opioid Wed 11 Nov 2026, 09:00, 10 days ago: tolerance is lost."

        assert minus_line(f"{said} The lower one counts.") == f"{said[:-1]}…"

    def test_each_belongs_to_a_rule_and_holds_no_number(self):
        for rule, line in short_lines().items():
            assert rule in EDITION.cards
            words = (line.plus, line.act, *line.plus_of.values())
            assert not any(letter.isdigit() for text in words for letter in text)

    def test_the_persons_facts_stand_where_the_line_names_them(self):
        assert plus_line("C27", "MTD", "Very high tolerance.").startswith("Very high")


class TestHeadline:
    @settings(max_examples=40, deadline=None)
    @given(FACT_VALUES)
    def test_one_line_a_medication_each_with_its_reason(self, facts):
        lines = headline(evaluate(picture(facts)))

        assert {line.medication for line in lines} == set(medicines().main)
        assert all(
            line.reason and line.word and line.css and line.icon for line in lines
        )

    @pytest.mark.parametrize(
        ("medication", "facts", "said"),
        [
            pytest.param(
                "MTD",
                {},
                "No rule speaks for or against it on what is known.",
                id="eligible",
            ),
            pytest.param("MTD", {"qtc": 470}, "QTc 470 ms: above", id="caution"),
            pytest.param("NTX_XR", {"phys_dependence": True}, "Physically", id="stop"),
        ],
    )
    def test_the_reason_is_what_decides(self, medication, facts, said):
        plain = {k: v for k, v in READY.items() if k != "dsm_count"}
        option = weighed({**plain, **facts}).option(medication)

        assert first_reason(option)[0].startswith(said[:12])

    def test_the_first_day_is_named_once(self):
        last = clear(last_short_acting_dt=ago(days=2), phys_dependence=False)
        dependent = clear(last_short_acting_dt=ago(days=2), phys_dependence=True)

        assert first_reason(last.option("NTX_XR"))[0].count("arliest") == 1
        reason, rule = first_reason(dependent.option("NTX_XR"))
        assert (rule, reason.endswith("Earliest Thu 26 Nov 2026.")) == ("C03", True)

    def test_many_answers_are_counted_and_two_named(self):
        option = weighed({}).option("NTX_XR")

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

    @staticmethod
    def tried(before, **after):
        known = picture({**READY, **before})
        return moves(evaluate(known), evaluate(known.changed(after)))

    def test_names_the_rule_that_moved_it(self):
        found = self.tried({"preference": "MTD", "sedatives": ["z_drug"]}, qtc=520)
        methadone = next(m for m in found.moved if m.title == "Methadone")

        assert methadone.after.word == "Avoid"
        assert methadone.reason.startswith("QTc 520 ms")

    def test_says_what_no_longer_stands_in_the_way(self):
        found = self.tried({"qtc": 520}, qtc=430)
        methadone = next(m for m in found.moved if m.title == "Methadone")

        assert methadone.reason.startswith("No longer: QTc 520 ms")

    def test_a_place_that_moves_alone_is_told(self):
        found = self.tried({}, preference="BUP_XR")
        injection = next(m for m in found.moved if "injection" in m.title)

        assert not injection.is_standing
        assert injection.now_first or "place 1" in injection.place
        assert all(move.reason for move in found.moved)

    def test_a_product_is_told_where_it_moves_unlike_its_medicine(self):
        titles = {m.title for m in self.tried({}, child_pugh=12).moved}

        assert titles & {medicines().titles[k] for k in ("BUP_COMBO", "BUP_MONO")}

    def test_nothing_tried_moves_nothing(self):
        options = clear()

        assert moves(options, options).moved == ()

    @settings(max_examples=25, deadline=None)
    @given(FACT_VALUES, FACT_VALUES)
    def test_every_option_that_moves_is_told_with_its_cause(self, before, after):
        old, new = evaluate(picture(before)), evaluate(picture(after))
        told = moves(old, new)

        titles = {m.title for m in told.moved}
        for key in medicines().weighed:
            if old.option(key).standing is not new.option(key).standing:
                assert medicines().titles[key] in titles
        assert all(move.reason for move in told.moved)


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

        assert {f.source for f in facts} == {
            "Thu 19 Nov",
            "Fri 17 Oct 2025, out of date",
        }

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
