"""The SQL of what a row of the caseload shows, looked up for the rows of a page."""

# For `p`, a person: the medicine, the last contacts, the last score.
ROW_PARTS = """
LEFT JOIN LATERAL (
  SELECT r.medication, r.product, r.dose_mg, r.started_on, r.stopped_on
  FROM medications_regimen r WHERE r.clinic_id = %(clinic)s AND r.patient_id = p.id
  ORDER BY r.started_on DESC, r.id DESC LIMIT 1
) r ON true
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
    (SELECT d."on", d.at, 'dose' FROM medications_doseevent d
     WHERE d.clinic_id = %(clinic)s AND d.patient_id = p.id AND d.kind = 'administered'
     ORDER BY d."on" DESC LIMIT 1)
    UNION ALL
    (SELECT (k.closed_at AT TIME ZONE %(zone)s)::date, k.closed_at, k.title
     FROM aftercare_followup k
     WHERE k.clinic_id = %(clinic)s AND k.patient_id = p.id AND k.status = 'done'
     ORDER BY k.closed_at DESC LIMIT 1)
  ) every ORDER BY "on" DESC, at DESC NULLS LAST LIMIT 1
) c ON true
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

_ROW = """
SELECT page.place, page.urgency, p.id AS patient_id, p.mrn, p.given_name, p.used_name,
  p.family_name, p.pronouns, p.date_of_birth, p.language, p.needs_interpreter,
  p.is_pseudonym, p.status AS stage, p.admitted_on,
  f.id AS follow_up_id, f.kind, f.title, f.reason, f.cite, f.verified, f.earliest_on,
  f.due_on, f.latest_on, f.next_try_on, f.assigned_role, w.name AS assigned_to,
  r.medication, r.product, r.dose_mg, r.started_on, r.stopped_on,
  c."on" AS contact_on, c.what AS contact_what, c.at AS contact_at,
  l."on" AS reached_on,
  s.instrument, s.band, s.given_at, s.score, t.scores
FROM page
JOIN patients_patient p ON p.id = page.patient_id
LEFT JOIN aftercare_followup f ON f.id = page.follow_up_id
LEFT JOIN accounts_staff w ON w.id = f.assigned_to_id
"""
_ROW_MORE = """
LEFT JOIN LATERAL (
  SELECT (o.made_at AT TIME ZONE %(zone)s)::date AS "on"
  FROM aftercare_outreachattempt o
  WHERE o.clinic_id = %(clinic)s AND o.patient_id = p.id AND o.taken_back_at IS NULL
    AND o.outcome IN ('reached_coming', 'reached_not_coming')
  ORDER BY o.made_at DESC LIMIT 1
) l ON true
LEFT JOIN LATERAL (
  SELECT array_agg(q.score ORDER BY q.given_at, q.id) AS scores FROM (
    SELECT coalesce((a.subscales ->> 'risk')::numeric, a.total) AS score,
           a.given_at, a.id
    FROM assessments_assessment a
    WHERE a.clinic_id = %(clinic)s AND a.patient_id = p.id
      AND a.instrument = s.instrument AND a.status = 'complete'
      AND NOT EXISTS (SELECT FROM assessments_assessment b
                      WHERE b.amends_id = a.id AND b.status <> 'entered_in_error')
    ORDER BY a.given_at DESC, a.id DESC LIMIT 7) q
  WHERE q.score IS NOT NULL
) t ON true
ORDER BY page.place
"""
ROWS = _ROW + ROW_PARTS + _ROW_MORE
