"""The SQL of the caseload: who comes next, in the order of danger.

Written by hand since its cost must not grow with the clinic. Each way of walking
follows one index of `aftercare_caseloadline` and stops when the page is full. What
comes by the day is compared with today here, so that a line of yesterday stands in its
place. Row-level security holds under it as under every other statement.
"""
# ruff: noqa: S608 - put together from this module's own words; values are parameters.

from collections.abc import Iterable

CANNOT_WAIT, FAULT, TODAY, WEEK, LATER = range(5)

# For `l`, a line. The window of an injection may have ended since it was written: its
# code goes in where it belongs among the others.
_ENDED = "coalesce(l.window_from <= %(today)s, false)"
_PROMOTED = f"({_ENDED} AND (l.danger = '' OR l.danger > %(window_code)s))"
_CODE = f"""
  CASE WHEN NOT {_PROMOTED} THEN l.danger
       WHEN l.danger = '' THEN %(window_code)s || '~'
       ELSE %(window_code)s || l.danger END
"""
_IS_DANGER = "(l.danger <> '' OR l.window_from <= %(today)s)"
_NO_DANGER = f"l.danger = '' AND NOT {_ENDED} AND NOT l.lacks_next_step"
_FEDERAL = "coalesce(l.federal_from <= %(today)s, false)"
_LATE = "coalesce(l.late_from <= %(today)s, false)"
_SILENT = "coalesce(l.silent_from <= %(today)s, false)"
_DUE = "coalesce(l.act_on <= %(today)s, false)"
_AHEAD = f"""
  CASE WHEN {_DUE} THEN {TODAY}
       WHEN l.act_on <= %(today)s + %(week)s THEN {WEEK} ELSE {LATER} END
"""
# Walks by the day: name, day, heading, and whether somebody stands there already.
_BY_DAY = (
    ("federal", "l.federal_from", str(TODAY), _FEDERAL),
    ("late", "l.late_from", str(TODAY), _LATE),
    ("silent", "l.silent_from", str(TODAY), _SILENT),
    ("ahead", "l.act_on", _AHEAD, ""),
)
# Under which heading a line stands.
URGENCY = f"""
  CASE WHEN {_IS_DANGER} AND ({_CODE}) < %(after)s THEN {CANNOT_WAIT}
       WHEN l.lacks_next_step THEN {FAULT}
       WHEN {_IS_DANGER} OR {_FEDERAL} OR {_LATE} OR {_SILENT} THEN {TODAY}
       ELSE {_AHEAD} END
"""
NEEDS_TODAY = f"""
  ({_IS_DANGER} OR l.lacks_next_step OR {_FEDERAL} OR {_LATE} OR {_SILENT} OR {_DUE})
"""
IN_CARE = "l.phase <> 'left'"
LEFT = "l.phase = 'left'"
SILENT = _SILENT
FIRST_DAYS = """
  l.phase <> 'left' AND l.patient_id IN (
    SELECT p.id FROM patients_patient p WHERE p.clinic_id = %(clinic)s
      AND p.admitted_on > %(today)s - %(first_days)s)
"""
# Whoever has to act: named, or everybody of the role.
MINE = """
  (%(staff)s = ANY(l.acting_staff) OR l.acting_roles && %(roles)s::varchar[])
"""
# Whoever has to act is covered by this person: all of theirs, or some of their people.
COVERED_ALL = "l.acting_staff && %(covered_all)s::bigint[]"
COVERED_SOME = """
  (l.acting_staff && %(covered_some)s::bigint[] AND l.patient_id IN (
    SELECT h.patient_id FROM aftercare_handedperson h
    WHERE h.clinic_id = %(clinic)s AND h.hand_over_id = ANY(%(covers)s::bigint[])))
"""
TEAM = """
  EXISTS (SELECT FROM patients_careteammember m
          WHERE m.staff_id = %(staff)s AND m.patient_id = l.patient_id
            AND m.clinic_id = %(clinic)s AND m.until_at IS NULL)
"""
STAGE = """
  l.patient_id IN (SELECT p.id FROM patients_patient p
                   WHERE p.clinic_id = %(clinic)s AND p.status = %(stage)s)
"""
MEDICINE = "l.medicine = %(medicine)s"
TRIED = "coalesce(l.tried_at >= %(midnight)s, false)"
FOUND = "l.patient_id = ANY(%(found)s)"
# Why somebody is on the list, by factor.
WHY = {
    "treatment_gap": f"(l.danger LIKE %(factor)s OR {_ENDED})",
    "federal": _FEDERAL,
    "late": _LATE,
    "silent": _SILENT,
    "no_next_step": "l.lacks_next_step",
}
WRITTEN_WHY = "l.danger LIKE %(factor)s"

_WALK = """
{name} AS MATERIALIZED (
  SELECT {urgency}::int AS urgency, {step}::int AS step, ({code})::text AS code,
         {until}::date AS until_on, {since}::date AS since_on, l.sort_name AS word,
         l.patient_id
  FROM aftercare_caseloadline l
  WHERE l.clinic_id = %(clinic)s AND {when} AND ({who})
  ORDER BY {order}, l.sort_name, l.patient_id
  LIMIT {limit}
)
"""
_NOTHING_LEFT = "greatest(%(upto)s{counts}, 0)"
_PLACE = 'urgency, step, code COLLATE "C", until_on, since_on, word, patient_id'


def _walk(
    name: str,
    *,
    urgency: str,
    step: int,
    when: str,
    who: str,
    before: Iterable[str] = (),
    code: str = "''",
    until: str = "NULL",
    since: str = "NULL",
) -> str:
    """One way along an index; it is not even begun where those before fill the page."""
    counts = "".join(f" - (SELECT count(*) FROM {one})" for one in before)
    order = f'({code}) COLLATE "C", {until}, {since}' if code != "''" else until
    return _WALK.format(
        name=name,
        urgency=urgency,
        step=step,
        code=code,
        until=until,
        since=since,
        when=when,
        who=who,
        order=order if order != "NULL" else "l.clinic_id",
        limit=_NOTHING_LEFT.format(counts=counts),
    )


def by_urgency(who: str) -> str:
    """The page of people, the gravest first."""
    grave = _walk(
        "danger",
        urgency=f"CASE WHEN ({_CODE}) < %(after)s THEN {CANNOT_WAIT} ELSE {TODAY} END",
        step=0,
        when=_IS_DANGER,
        who=who,
        code=_CODE,
        until=f"CASE WHEN {_PROMOTED} THEN l.window_from - 1 ELSE l.until_on END",
        since=f"CASE WHEN {_PROMOTED} THEN l.window_from ELSE l.since_on END",
    )
    fault = _walk(
        "fault",
        urgency=str(FAULT),
        step=0,
        when=f"l.lacks_next_step AND l.danger = '' AND NOT {_ENDED}",
        who=who,
    )
    parts, names, earlier = [grave, fault], ["danger", "fault"], [_NO_DANGER]
    # Each goes by the day on which it begins, and leaves out those who stand before it.
    for step, (name, day, urgency, test) in enumerate(_BY_DAY, start=1):
        when = " AND NOT ".join(earlier)
        parts.append(
            _walk(
                name,
                urgency=urgency,
                step=step,
                when=f"{when} AND {day} <= %(today)s" if test else when,
                who=who,
                until=day,
                before=[one for one in names if one != "fault"],
            )
        )
        names.append(name)
        earlier.append(test)
    return _page(parts, names)


def _page(parts: list[str], names: list[str]) -> str:
    union = " UNION ALL ".join(f"SELECT * FROM {name}" for name in names)
    return f"""
WITH {", ".join(parts)},
page AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY {_PLACE}) AS place, u.* FROM ({union}) u
  ORDER BY place OFFSET %(skip)s LIMIT %(rows)s
)
"""


def by_name(who: str) -> str:
    """The page of people by name."""
    return f"""
WITH page AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY l.sort_name, l.patient_id) AS place,
         ({URGENCY})::int AS urgency, 0 AS step, ''::text AS code, NULL::date AS until_on,
         NULL::date AS since_on, l.sort_name AS word, l.patient_id
  FROM (
    SELECT l.* FROM aftercare_caseloadline l
    WHERE l.clinic_id = %(clinic)s AND ({who})
    ORDER BY l.sort_name, l.patient_id OFFSET %(skip)s LIMIT %(rows)s
  ) l
)
"""


def count_of(who: str) -> str:
    """How many, up to a most."""
    return f"""(SELECT count(*) FROM (
      SELECT FROM aftercare_caseloadline l
      WHERE l.clinic_id = %(clinic)s AND ({who}) LIMIT %(most)s) counted)"""
