"""The SQL of the caseload: who comes next, in the order of urgency, and their row.

Written by hand since its cost must not grow with the clinic. Each way of walking
follows one partial index of `aftercare_followup` and stops when the page is full;
what a row shows is looked up for the rows of the page alone. Row-level security
holds under it as under every other statement.
"""
# ruff: noqa: S608 - put together from this module's own words; values are parameters.

OPEN = "('planned', 'due', 'missed')"


def act_on(alias: str) -> str:
    """The day on which somebody has to act."""
    return f"coalesce({alias}.next_try_on, {alias}.due_on)"


# What every way shares. `f` is a follow-up, `p` the person. After a discharge only
# what staff added is still owed; after a death nothing is.
_OWED = f"""
    f.clinic_id = %(clinic)s AND f.status IN {OPEN}
    AND p.status <> 'deceased' AND (p.status <> 'discharged' OR f.origin = 'staff')
"""
_EARLIER = f"""
    NOT EXISTS (
      SELECT FROM aftercare_followup e
      WHERE e.clinic_id = %(clinic)s AND e.patient_id = f.patient_id
        AND e.status IN {OPEN}
        AND {{earlier}} {{{{fence}}}})
"""
_WALK = """
  SELECT {group}::int AS urgency, {day} AS day, ''::text AS word,
         f.id AS follow_up_id, f.patient_id
  FROM aftercare_followup f
  CROSS JOIN LATERAL (
    SELECT p.* FROM patients_patient p
    WHERE p.id = f.patient_id AND p.clinic_id = %(clinic)s {fence}) p
  WHERE {owed} AND {when} AND {first} AND ({who})
  ORDER BY {day}, f.id
  LIMIT {limit}
"""

LATE, TODAY, WEEK, LATER, NOTHING = range(5)
EVERYBODY = "true"

_LATE_WHEN = f"f.latest_on < %(today)s AND {act_on('f')} <= %(today)s"
_LATE_FIRST = _EARLIER.format(
    earlier=f"e.latest_on < %(today)s AND {act_on('e')} <= %(today)s"
    " AND (e.latest_on, e.id) < (f.latest_on, f.id)"
)
_ANY_LATE_FIRST = _EARLIER.format(
    earlier="e.latest_on < %(today)s AND (e.latest_on, e.id) < (f.latest_on, f.id)"
)
_TODAY_WHEN = f"f.latest_on >= %(today)s AND {act_on('f')} <= %(today)s"
_TODAY_FIRST = _EARLIER.format(
    earlier=f"{act_on('e')} <= %(today)s AND (e.latest_on < %(today)s"
    f" OR ({act_on('e')}, e.id) < ({act_on('f')}, f.id))"
)
_AHEAD_WHEN = f"{act_on('f')} > %(today)s"
_FIRST = _EARLIER.format(earlier=f"({act_on('e')}, e.id) < ({act_on('f')}, f.id)")
_AHEAD_GROUP = f"CASE WHEN {act_on('f')} <= %(today)s + 7 THEN {WEEK} ELSE {LATER} END"
_NOTHING = f"""
  SELECT {NOTHING}::int AS urgency, NULL::date AS day, p.sort_name::text AS word,
         NULL::bigint AS follow_up_id, p.id AS patient_id
  FROM patients_patient p
  WHERE p.clinic_id = %(clinic)s AND p.status NOT IN ('discharged', 'deceased')
    AND NOT EXISTS (SELECT FROM aftercare_followup e WHERE e.clinic_id = %(clinic)s
                    AND e.patient_id = p.id AND e.status IN {OPEN})
    AND ({{who}})
  ORDER BY p.sort_name, p.id
  LIMIT {{limit}}
"""


def _fence(who: str) -> str:
    """Keeps the planner on the way along the index where everybody is meant: it
    would guess too few and read the whole clinic. Where few are meant it knows best.
    """
    return "OFFSET 0" if who == EVERYBODY else ""


def _walk(
    name: str, group: str, day: str, when: str, first: str, who: str, limit: str
) -> str:
    walk = _WALK.format(
        group=group,
        day=day,
        when=when,
        first=first.format(fence=_fence(who)),
        owed=_OWED,
        who=who,
        limit=limit,
        fence=_fence(who),
    )
    return f"{name} AS MATERIALIZED ({walk})"


def _left(*taken: str) -> str:
    """How many rows the page still has room for: the next way is not even begun
    where the ways before it fill the page."""
    counts = "".join(f" - (SELECT count(*) FROM {name})" for name in taken)
    return f"greatest(%(upto)s{counts}, 0)"


def by_urgency(who: str, *, ways: int) -> str:
    """The page of people, the most urgent first; `ways` 1 is overdue, 2 is today."""
    act = act_on("f")
    if ways == 1:
        late = ("late", str(LATE), "f.latest_on", "f.latest_on < %(today)s")
        return _page([_walk(*late, _ANY_LATE_FIRST, who, _left())], ["late"])
    parts = [
        _walk("late", str(LATE), "f.latest_on", _LATE_WHEN, _LATE_FIRST, who, _left()),
        _walk("now", str(TODAY), act, _TODAY_WHEN, _TODAY_FIRST, who, _left("late")),
    ]
    names = ["late", "now"]
    if ways > len(parts):
        parts.append(
            _walk("ahead", _AHEAD_GROUP, act, _AHEAD_WHEN, _FIRST, who, _left(*names))
        )
        names.append("ahead")
        nothing = _NOTHING.format(who=who, limit=_left(*names))
        parts.append(f"nothing AS MATERIALIZED ({nothing})")
        names.append("nothing")
    return _page(parts, names)


def _page(parts: list[str], names: list[str]) -> str:
    union = " UNION ALL ".join(f"SELECT * FROM {name}" for name in names)
    return f"""
WITH {", ".join(parts)},
page AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY urgency, day, word, follow_up_id, patient_id)
         AS place, u.* FROM ({union}) u
  ORDER BY place OFFSET %(skip)s LIMIT %(rows)s
)
"""


_URGENCY = f"""
  CASE WHEN f.id IS NULL THEN {NOTHING}
       WHEN {act_on("f")} > %(today)s + 7 THEN {LATER}
       WHEN {act_on("f")} > %(today)s THEN {WEEK}
       WHEN f.latest_on < %(today)s THEN {LATE} ELSE {TODAY} END
"""
_BY_NAME = f"""
WITH page AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY p.sort_name, p.id) AS place,
         ({_URGENCY})::int AS urgency, f.id AS follow_up_id, p.id AS patient_id
  FROM (
    SELECT p.* FROM patients_patient p
    WHERE p.clinic_id = %(clinic)s AND p.status NOT IN ('discharged', 'deceased')
      AND ({{who}})
    ORDER BY p.sort_name, p.id OFFSET %(skip)s LIMIT %(rows)s
  ) p
  LEFT JOIN LATERAL (
    SELECT f.* FROM aftercare_followup f
    WHERE f.clinic_id = %(clinic)s AND f.patient_id = p.id AND f.status IN {OPEN}
    ORDER BY {act_on("f")} > %(today)s, f.latest_on >= %(today)s,
      CASE WHEN f.latest_on < %(today)s AND {act_on("f")} <= %(today)s
           THEN f.latest_on ELSE {act_on("f")} END, f.id
    LIMIT 1
  ) f ON true
)
"""


def by_name(who: str) -> str:
    """The page of people in care by name."""
    return _BY_NAME.format(who=who)


# --- Who is meant ---------------------------------------------------------------

MINE = """
  EXISTS (SELECT FROM patients_careteammember m
          WHERE m.staff_id = %(staff)s AND m.patient_id = p.id
            AND m.clinic_id = %(clinic)s AND m.until_at IS NULL)
"""
_OPEN_OF_P = f"""
  EXISTS (SELECT FROM aftercare_followup e WHERE e.clinic_id = %(clinic)s
          AND e.patient_id = p.id AND e.status IN {OPEN} AND {{when}})
"""
NEEDS_TODAY = _OPEN_OF_P.format(when=f"{act_on('e')} <= %(today)s")
OVERDUE = _OPEN_OF_P.format(when="e.latest_on < %(today)s")
FIRST_DAYS = "p.admitted_on > %(today)s - %(first_days)s"
AFTERCARE = "p.status = 'aftercare'"
# Nobody reached, seen, dosed here or kept a follow-up since that day.
SILENT = """
  p.status NOT IN ('discharged', 'deceased')
  AND NOT EXISTS (SELECT FROM aftercare_outreachattempt o
    WHERE o.clinic_id = %(clinic)s AND o.patient_id = p.id AND o.taken_back_at IS NULL
      AND o.outcome IN ('reached_coming', 'reached_not_coming')
      AND o.made_at >= %(silent_since)s)
  AND NOT EXISTS (SELECT FROM patients_visit v WHERE v.clinic_id = %(clinic)s
    AND v.patient_id = p.id AND v.status = 'attended' AND v."on" >= %(silent_on)s)
  AND NOT EXISTS (SELECT FROM medications_doseevent d WHERE d.clinic_id = %(clinic)s
    AND d.patient_id = p.id AND d.kind = 'administered' AND d."on" >= %(silent_on)s)
  AND NOT EXISTS (SELECT FROM aftercare_followup k WHERE k.clinic_id = %(clinic)s
    AND k.patient_id = p.id AND k.status = 'done' AND k.closed_at >= %(silent_since)s)
"""

# --- How many -------------------------------------------------------------------

_COUNT = "(SELECT count(*) FROM ({rows} LIMIT %(most)s) counted)"
_OF_PEOPLE = """
  SELECT FROM patients_patient p WHERE p.clinic_id = %(clinic)s
    AND p.status NOT IN ('discharged', 'deceased') AND ({who})
"""
_OF_FOLLOW_UPS = f"""
  SELECT FROM aftercare_followup f
  CROSS JOIN LATERAL (
    SELECT p.* FROM patients_patient p
    WHERE p.id = f.patient_id AND p.clinic_id = %(clinic)s {{fence}}) p
  WHERE {_OWED} AND {{when}} AND {{first}} AND ({{who}})
"""


def people(who: str) -> str:
    return _COUNT.format(rows=_OF_PEOPLE.format(who=who))


def needing_today(who: str) -> str:
    return _owing(f"{act_on('f')} <= %(today)s", _FIRST, who)


def overdue(who: str) -> str:
    return _owing("f.latest_on < %(today)s", _ANY_LATE_FIRST, who)


def _owing(when: str, first: str, who: str) -> str:
    fence = _fence(who)
    rows = _OF_FOLLOW_UPS.format(
        when=when, first=first.format(fence=fence), who=who, fence=fence
    )
    return _COUNT.format(rows=rows)
