"""Parts of a care team, and the roles that follow-ups name. No queries."""

from aftercare.models import FollowUp
from patients.models import CareTeamMember

Part = CareTeamMember.Part

# Which parts of the care team stand for the role that a follow-up names.
PARTS: dict[str, tuple[str, ...]] = {
    FollowUp.AssignedRole.CARE_MANAGER: (Part.CARE_MANAGER,),
    FollowUp.AssignedRole.PRESCRIBER: (Part.PRESCRIBER, Part.LEAD),
    FollowUp.AssignedRole.CLINICIAN: (Part.COUNSELOR, Part.THERAPIST, Part.LEAD),
}
