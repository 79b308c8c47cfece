from django.apps import AppConfig


class MedicationsConfig(AppConfig):
    name = "medications"

    def ready(self) -> None:
        from jobs.actions.kinds import declare_kind
        from medications.actions.impact import IMPACT

        declare_kind(IMPACT)
        from assessments.picture.sources import register
        from medications.decision_aid.from_talks import SOURCE

        register(SOURCE)
        from medications.decision_aid.papers import AID_FOR_FAMILY, AID_SHEET
        from patients.disclosures import things

        things.register(AID_SHEET)
        things.register(AID_FOR_FAMILY)
        from medications.merging import register_obstacles

        register_obstacles()
