from django.dispatch import Signal

# Sent inside the signing transaction with `plan`, `by`, `at`: aftercare schedules
# what the plan promises, or the signature is undone with it.
plan_signed = Signal()
