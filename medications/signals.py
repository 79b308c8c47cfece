from django.dispatch import Signal

# Sent inside the recording transaction with `decision`, `follows`, `by`, `at`: aftercare
# owes what the choice brings with it, or the decision is undone with it.
medication_decided = Signal()
