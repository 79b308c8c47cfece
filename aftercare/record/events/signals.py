from django.dispatch import Signal

# Sent inside the recording transaction with `event`, `by`, `at`: whatever has to follow
# an event at once (a hold of the episode in custody or hospital, a death) listens here.
event_recorded = Signal()
# Sent in the same way with `event`, `by`, `at` where it was recorded by mistake. A
# correction is the one, then the other.
event_taken_back = Signal()
