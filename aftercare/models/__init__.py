from aftercare.models.follow_ups import OPEN, FollowUp
from aftercare.models.outreach import OutreachAttempt
from aftercare.models.work import Notice, SweepRun

__all__ = ["OPEN", "FollowUp", "Notice", "OutreachAttempt", "SweepRun"]
