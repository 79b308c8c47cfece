"""SQL of what a row of the caseload shows, looked up for the rows of a page."""
# ruff: noqa: S608 - put together from this module's own words; values are parameters.

from treatment.current_sql import CURRENT

# For `p`, a person: the last contact.
CONTACT = """
LEFT JOIN LATERAL (
  SELECT * FROM (
    (SELECT (o.made_at AT TIME ZONE %(zone)s)::date AS "on", o.made_at AS at, o.outcome AS what
     FROM aftercare_outreachattempt o
     WHERE o.clinic_id = %(clinic)s AND o.patient_id = p.id AND o.taken_back_at IS NULL
     ORDER BY o.made_at DESC LIMIT 1)
    UNION ALL
    (SELECT v."on", NULL, 'visit' FROM patients_visit v
     WHERE v.clinic_id = %(clinic)s AND v.patient_id = p.id AND v.status = 'attended'
     ORDER BY v."on" DESC LIMIT 1)
    UNION ALL
    (SELECT d."on", d.at, 'dose' FROM treatment_doseevent d
     WHERE d.clinic_id = %(clinic)s AND d.patient_id = p.id AND d.kind = 'administered'
       AND d."on" <= %(today)s
     ORDER BY d."on" DESC LIMIT 1)
  ) every ORDER BY "on" DESC, at DESC NULLS LAST LIMIT 1
) c ON true
"""
# The last score.
SCORE = """
LEFT JOIN LATERAL (
  SELECT a.instrument, a.band, a.given_at,
         coalesce((a.subscales ->> 'risk')::numeric, a.total) AS score
  FROM assessments_assessment a
  WHERE a.clinic_id = %(clinic)s AND a.patient_id = p.id
    AND a.instrument IN ('bam', 'phq9') AND a.status = 'complete'
    AND NOT EXISTS (SELECT FROM assessments_assessment b
                    WHERE b.amends_id = a.id AND b.status <> 'entered_in_error')
  ORDER BY a.given_at DESC, a.id DESC LIMIT 1
) s ON true
"""
# What a file shows of a person: the medicine too.
ROW_PARTS = CURRENT + CONTACT + SCORE

ROWS = f"""
SELECT page.place, page.urgency, page.step, page.code, page.until_on, page.since_on,
  page.word, p.id AS patient_id, p.mrn, p.given_name, p.used_name, p.family_name,
  p.pronouns, p.date_of_birth, p.language, p.needs_interpreter, p.is_pseudonym,
  p.status AS stage, p.admitted_on, l.factors, l.owed_count, l.tried_at, l.next_try_on,
  l.acting_staff, l.acting_roles, f.id AS follow_up_id, f.kind, f.title,
  f.earliest_on, f.due_on, f.latest_on, f.assigned_role, f.assigned_to_id,
  w.name AS assigned_to, x.taken, x.ahead, x.ended, c."on" AS contact_on,
  c.what AS contact_what, c.at AS contact_at,
  EXISTS (SELECT FROM patients_deathrecord d
          WHERE d.clinic_id = %(clinic)s AND d.patient_id = p.id AND d.dropped_at IS NULL
            AND d.corrected_at IS NULL AND d.confirmed_at IS NULL) AS death_waits
FROM page
JOIN aftercare_caseloadline l
  ON l.clinic_id = %(clinic)s AND l.patient_id = page.patient_id
JOIN patients_patient p ON p.id = page.patient_id
LEFT JOIN aftercare_followup f ON f.id = l.top_follow_up_id
LEFT JOIN accounts_staff w ON w.id = f.assigned_to_id
{CURRENT}
{CONTACT}
ORDER BY page.place
"""
