from aftercare.models.alerts import Alert, AlertCall
from aftercare.models.caseload_lines import CaseloadLine
from aftercare.models.check_ins import CheckIn, CheckInMail
from aftercare.models.events import CareEvent
from aftercare.models.feeds import CalendarFeed
from aftercare.models.follow_ups import OPEN, FollowUp
from aftercare.models.groups import (
    CareGroup,
    GroupAttendance,
    GroupMember,
    GroupSession,
)
from aftercare.models.hands import HandedPerson, HandOver
from aftercare.models.hard_days import (
    HardDayKinds,
    HardDayPart,
    HardDayPlan,
    HardDayReview,
)
from aftercare.models.leaving import StaffLeaving, Successor
from aftercare.models.marks import CareDay, CareMark
from aftercare.models.messages import MessageWish, PersonMessage
from aftercare.models.outreach import OutreachAttempt, OutreachCall
from aftercare.models.referrals import CarePlace, CareReferral, ReferralStep
from aftercare.models.repeats import CareRepeat
from aftercare.models.saved_views import SavedView
from aftercare.models.site_moves import SiteMove
from aftercare.models.work import Notice
