"""Duty of a clinic: who is told where nobody else is, and where nobody would be."""

from accounts.models import Clinic, Staff


def on_duty(clinic: Clinic) -> list[Staff]:
    """Active staff of the duty role, by id."""
    held = Staff.objects.active().filter(
        memberships__clinic=clinic, memberships__role=clinic.duty_role
    )
    return list(held.order_by("pk").distinct())


def duty_gap(clinic: Clinic) -> str:
    """Why an alert would reach nobody; empty where it would reach somebody."""
    if not clinic.duty_role:
        return "No duty role is chosen: an alert has nobody to go to."
    if not on_duty(clinic):
        return "Nobody active has the duty role: an alert has nobody to go to."
    if not clinic.after_hours_phone:
        return "No after-hours line: nobody answers when the clinic is closed."
    return ""
