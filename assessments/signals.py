from django.dispatch import Signal

# Sent inside the recording transaction with `assessment`, `by`, `at`: what waited for
# this instrument hears that it was given.
assessment_recorded = Signal()
# Sent inside the same transaction with `concern`, `by`, `at`: aftercare owes what the
# concern calls for, or the answers are undone with it.
concern_raised = Signal()
# Sent with `concern`, `is_answered`, `by`, `at` once it is settled: `is_answered` where
# the screener that it waited for was given.
concern_resolved = Signal()
# Sent inside the saving transaction with `handover`, `instruments` (those just answered)
# and `at`, where answers are kept on a tablet and not sent yet.
answers_typed = Signal()
