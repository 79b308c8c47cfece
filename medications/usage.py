"""How a rule was used here: read from the decisions as they were frozen.

What counts as what is said in `MEANINGS`, and on the page.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection


class Outcome(StrEnum):
    """What became of a rule that spoke when a medication was decided."""

    FOLLOWED = "followed"
    OVERRIDDEN = "overridden"
    BESIDE = "beside"


MEANINGS: Mapping[Outcome, str] = {
    Outcome.FOLLOWED: "What was chosen is something the rule speaks for, a caution that "
    "was read first, or another medicine than the one it advises against.",
    Outcome.OVERRIDDEN: "What was chosen is something the rule advises against, or waits "
    "for an answer that the rule asked for. The grounds were written down.",
    Outcome.BESIDE: "The rule spoke of tasks or in general, about other medicines, or "
    "nothing was chosen.",
}

# One row for each decision in which the rule spoke of an option, and what came of it.
# Most rules are silent in most decisions: those are left out before they are unfolded.
# A rule that lacks an answer speaks where it holds the chosen option back.
ROWS = """
WITH told AS (
  SELECT d.id, d.patient_id, d.decided_at, o.option->>'medication' = d.choice AS is_own,
    jsonb_path_query_array(o.option, '$.findings[*] ? (@.rule == $rule).effect', %(vars)s) AS effects,
    jsonb_path_exists(o.option, '$.actions[*] ? (@.rule == $rule)', %(vars)s) AS has_task,
    o.option->>'medication' = d.choice AND jsonb_path_exists(o.option,
      '$ ? (@.standing == "NEEDS_DATA").missing[*] ? (@.holds == true && @.rules[*] == $rule)',
      %(vars)s) AS holds
  FROM medications_medicationdecision d
  CROSS JOIN LATERAL jsonb_array_elements(
    d.options->'options' || jsonb_build_array(jsonb_build_object('findings', d.options->'general'))
  ) AS o(option)
  WHERE d.clinic_id = %(clinic)s AND d.decided_at >= %(since)s AND (
    jsonb_path_exists(d.options, '$.general[*] ? (@.rule == $rule)', %(vars)s)
    OR jsonb_path_exists(d.options,
      '$.options[*].*[*] ? (@.rule == $rule || @.rules[*] == $rule)', %(vars)s))
)
SELECT t.id, t.patient_id, CASE
    WHEN bool_or(t.holds OR t.is_own AND t.effects ?| array['AVOID', 'CONTRAINDICATED'])
      THEN 'overridden'
    WHEN bool_or(t.is_own) AND bool_or(
        t.is_own AND t.effects ?| array['PREFERRED', 'CAUTION']
        OR NOT t.is_own AND t.effects ?| array['AVOID', 'CONTRAINDICATED'])
      THEN 'followed'
    ELSE 'beside' END
FROM told t
GROUP BY t.id, t.patient_id, t.decided_at
HAVING bool_or(t.effects <> '[]' OR t.has_task OR t.holds)
ORDER BY t.decided_at DESC, t.id DESC
"""


@dataclass(frozen=True, slots=True)
class Used:
    """One decision in which a rule spoke."""

    decision: int
    patient: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Usage:
    """Decisions, and the people they were about, in which a rule spoke."""

    since: datetime
    rows: tuple[Used, ...]

    @property
    def counts(self) -> list[tuple[Outcome, int, int]]:
        """For each outcome how many decisions, and how many people."""
        times = Counter(row.outcome for row in self.rows)
        return [(o, times[o], self._people(self.of(o))) for o in Outcome]

    @property
    def people(self) -> int:
        return self._people(self.rows)

    def of(self, outcome: Outcome) -> list[Used]:
        """The decisions that came out so, the newest first."""
        return [row for row in self.rows if row.outcome is outcome]

    @staticmethod
    def _people(rows: Iterable[Used]) -> int:
        return len({row.patient for row in rows})


def usage_of(rule: str, *, clinic_id: int, since: datetime) -> Usage:
    """Everything that became of a rule at a clinic since a moment, in one statement."""
    told: dict[str, str | int | datetime] = {
        "clinic": clinic_id,
        "since": since,
        "vars": json.dumps({"rule": rule}),
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, told)
        rows = [Used(pk, who, Outcome(word)) for pk, who, word in cursor.fetchall()]
    return Usage(since, tuple(rows))
