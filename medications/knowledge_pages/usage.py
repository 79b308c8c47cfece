"""Use of a rule at a clinic, read from the decisions as they were frozen.

What counts as what is said in `MEANINGS`, and on the page.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection


class RuleUse(StrEnum):
    """What became of a rule that spoke when a medication was decided."""

    FOLLOWED = "followed"
    OVERRIDDEN = "overridden"
    BESIDE = "beside"


MEANINGS: Mapping[RuleUse, str] = {
    RuleUse.FOLLOWED: "What was chosen is something the rule speaks for, a caution that "
    "was read first, a referral for what it says cannot be given here, or another "
    "medicine than the one it advises against or sends elsewhere.",
    RuleUse.OVERRIDDEN: "What was chosen is something the rule advises against, or waits "
    "for an answer that the rule asked for. The grounds were written down.",
    RuleUse.BESIDE: "The rule spoke of tasks, of questions before the first dose or in "
    "general, about other medicines, or nothing was chosen.",
}

# One row for each decision in which the rule spoke of an option, and what came of it.
# A rule that lacks an answer speaks where it holds the chosen option or its first dose
# back. What was frozen is unpacked once (`|| '{}'`), not once for each thing that is asked of it.
ROWS = """
WITH decided AS MATERIALIZED (
  SELECT id, patient_id, decided_at, choice, options || '{}' AS options,
    jsonb_build_object('rule', %(rule)s::text, 'choice', choice) AS vars
  FROM medications_medicationdecision
  WHERE clinic_id = %(clinic)s AND decided_at >= %(since)s
), said AS MATERIALIZED (
  SELECT id, patient_id, decided_at, choice NOT IN ('NONE', 'NOT_NOW') AS is_choice,
    jsonb_path_query_array(options,
      '$.options[*] ? (@.medication == $choice).findings[*] ? (@.rule == $rule).effect',
      vars) AS of_choice,
    jsonb_path_query_array(options,
      '$.options[*] ? (@.medication != $choice).findings[*] ? (@.rule == $rule).effect',
      vars) AS of_others,
    jsonb_path_exists(options,
      '$.options[*] ? (@.medication == $choice && @.standing == "NEEDS_DATA")
        .missing[*] ? (@.holds == true && @.rules[*] == $rule)', vars) AS holds,
    jsonb_path_exists(options, '$.options[*].actions[*] ? (@.rule == $rule)', vars)
      OR jsonb_path_exists(options,
        '$.options[*] ? (@.medication == $choice).ask_first[*] ? (@.rules[*] == $rule)',
        vars)
      OR jsonb_path_exists(options, '$.general[*] ? (@.rule == $rule)', vars) AS told
  FROM decided
)
SELECT id, patient_id, CASE
    WHEN holds OR of_choice ?| array['AVOID', 'CONTRAINDICATED'] THEN 'overridden'
    WHEN is_choice AND (of_choice ?| array['PREFERRED', 'CAUTION', 'NOT_HERE']
      OR of_others ?| array['NOT_HERE', 'AVOID', 'CONTRAINDICATED']) THEN 'followed'
    ELSE 'beside' END
FROM said
WHERE holds OR told OR of_choice <> '[]' OR of_others <> '[]'
ORDER BY decided_at DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class Used:
    """One decision in which a rule spoke."""

    decision: int
    patient: int
    outcome: RuleUse


@dataclass(frozen=True, slots=True)
class Usage:
    """Decisions, and the people they were about, in which a rule spoke."""

    since: datetime
    rows: tuple[Used, ...]

    @property
    def counts(self) -> list[tuple[RuleUse, int, int]]:
        """For each outcome how many decisions, and how many people."""
        times = Counter(row.outcome for row in self.rows)
        return [(o, times[o], self._people(self.of(o))) for o in RuleUse]

    @property
    def people(self) -> int:
        return self._people(self.rows)

    def of(self, outcome: RuleUse) -> list[Used]:
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
        "rule": rule,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, told)
        rows = [Used(pk, who, RuleUse(word)) for pk, who, word in cursor.fetchall()]
    return Usage(since, tuple(rows))
