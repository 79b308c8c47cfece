from aftercare.models.check_ins import CheckIn, CheckInMail
from aftercare.models.follow_ups import OPEN, FollowUp
from aftercare.models.outreach import OutreachAttempt
from aftercare.models.work import Notice
