"""Plans for bad days as staff and the person make them: parts, agreeing, giving them."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, posted, requires
from accounts.clinic_settings.languages import offered
from accounts.doors import act, acting_now, outcome_of, row_of_clinic, status_of
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from aftercare.actions import check_ins
from aftercare.actions import hard_days as acts
from aftercare.actions.message_wishes import may_write_to
from aftercare.forms.hard_days import (
    SHOWN_OF_PART,
    AgreeForm,
    LookAgainForm,
    PartWordsForm,
    PlanLinkForm,
)
from aftercare.models import HardDayKinds, HardDayPart, HardDayPlan
from aftercare.record.hard_day_card import CARDS, card_of
from aftercare.views.check_ins import SHOWN_ONCE
from aftercare.views.hard_day_page import (
    cards_of,
    checks_of,
    holders_of,
    links_of,
    next_contact_of,
    panels_of,
)
from knowledge.hard_days.content import HardDayKind, hard_day_form
from patients.disclosures.outgoing import outgoing_of
from patients.models import ContactPoint, Patient
from patients.views.registry import note_view, of_clinic, open_chart

PAGES = {
    HardDayKinds.SAFETY: "aftercare:safety_plan",
    HardDayKinds.USE: "aftercare:use_plan",
}
CARD_LANGUAGES = ("en", "es")


def _kind(plan_kind: str) -> HardDayKinds:
    if plan_kind not in HardDayKinds.values:
        raise Http404
    return HardDayKinds(plan_kind)


def _newest(patient: Patient, kind: str) -> HardDayPlan | None:
    """The draft where there is one, else the version in force."""
    rows = HardDayPlan.objects.filter(patient=patient, kind=kind)
    rows = rows.select_related("agreed_by", "started_by")
    return rows.drafts().first() or rows.agreed().first()


@requires(Permission.PATIENT_VIEW, "GET")
def plan(request: StaffRequest, pk: int, plan_kind: str) -> HttpResponse:
    """One plan, as it stands now."""
    return _page(request, open_chart(request, pk, "hard_days"), plan_kind)


def _page(
    request: StaffRequest, patient: Patient, kind: str, **sent: object
) -> HttpResponse:
    """The page with whatever form was sent in the place of its own."""
    form, found = hard_day_form(HardDayKind(kind)), _newest(patient, kind)
    context: dict[str, object] = {
        "patient": patient,
        "tab": "aftercare",
        "kind": kind,
        "plan_form": form,
        "plan": found,
    }
    if found is not None:
        context |= _parts(request, patient, found, sent)
    forms_sent = [one for one in sent.values() if one is not None]
    status = status_of(*forms_sent)  # type: ignore[arg-type]
    return render(request, "aftercare/hard_day.html", context | sent, status=status)


def _parts(
    request: StaffRequest, patient: Patient, found: HardDayPlan, sent: dict[str, object]
) -> dict[str, object]:
    parts, kind = list(found.parts.all()), found.kind
    part_form = sent.get("part_form")
    panels = panels_of(
        found,
        parts,
        sent=part_form if isinstance(part_form, PartWordsForm) else None,
    )
    links = links_of(patient, kind, at=request.at)
    cards = cards_of(patient, CARDS[kind])
    days = hard_day_form(HardDayKind(kind)).review_days
    agree = AgreeForm.fresh(
        today=request.today, days=days, shown=acts.digest_of_parts(parts)
    )
    return {
        "panels": panels,
        "checks": checks_of(
            panels,
            has_it=bool(links or cards),
            next_contact=next_contact_of(patient),
            today=request.today,
        ),
        "links": links,
        "cards": cards,
        "holders": holders_of(patient, at=request.at),
        "looks": found.reviews.select_related("reviewed_by"),
        "agree": agree,
        "look_again": LookAgainForm(
            today=request.today,
            initial={
                "review_on": agree.initial["review_on"],
                "shown_version": found.version,
            },
        ),
        "card": CARDS[kind],
    }


@requires(Permission.ASSESS, "POST")
def start_plan(request: StaffRequest, pk: int, plan_kind: str) -> HttpResponse:
    """Begin a version, with what was agreed before."""
    patient, kind = of_clinic(request, pk), _kind(plan_kind)
    act(
        request,
        lambda: acts.start_hard_day_plan(
            patient=patient, kind=kind, **acting_now(request)
        ),
    )
    return redirect(PAGES[kind], pk)


@requires(Permission.ASSESS, "POST")
def save_part(request: StaffRequest, pk: int, plan_part: int) -> HttpResponse:
    """Keep one part; the panel comes back where it saves itself."""
    patient = of_clinic(request, pk)
    rows = HardDayPart.objects.select_related("plan")
    row = row_of_clinic(request, rows, pk=plan_part, patient=patient)
    asked = acts.form_of(row.plan).named(row.part)
    if asked is None:
        raise Http404
    form = PartWordsForm.of(row, asked, posted(request))
    saved = act(
        request,
        lambda: acts.save_hard_day_part(
            part=row,
            **acting_now(request),
            **form.told(),  # type: ignore[arg-type]
        ),
        form=form,
        row=row,
        fields=SHOWN_OF_PART,
    )
    if saved and "HX-Request" not in request.headers:
        return redirect(
            f"{reverse(PAGES[_kind(row.plan.kind)], args=[pk])}#part-{row.part}"
        )
    return _page(request, patient, row.plan.kind, part_form=None if saved else form)


@requires(Permission.ASSESS, "POST")
def agree_on_plan(request: StaffRequest, pk: int, plan_kind: str) -> HttpResponse:
    """Finish the draft as it stands on the screen."""
    patient, kind = of_clinic(request, pk), _kind(plan_kind)
    drafts = HardDayPlan.objects.filter(patient=patient, kind=kind).drafts()
    draft = drafts.first()
    if draft is None:
        return redirect(PAGES[kind], pk)
    form = AgreeForm(posted(request), today=request.today)
    if act(
        request,
        lambda: acts.agree_on_hard_day_plan(
            plan=draft,
            review_on=form.cleaned_data["review_on"],
            shown=form.cleaned_data["shown_parts"],
            **acting_now(request),
        ),
        form=form,
        done="Agreed. It is the plan in force.",
    ):
        return redirect(PAGES[kind], pk)
    return _page(request, patient, kind, agree=form)


@requires(Permission.ASSESS, "POST")
def look_again(request: StaffRequest, pk: int, plan_kind: str) -> HttpResponse:
    """Looked at together, and nothing changes."""
    patient, kind = of_clinic(request, pk), _kind(plan_kind)
    in_force = HardDayPlan.objects.filter(patient=patient, kind=kind).agreed().first()
    if in_force is None:
        return redirect(PAGES[kind], pk)
    form = LookAgainForm(posted(request), today=request.today)
    if act(
        request,
        lambda: acts.review_hard_day_plan(
            plan=in_force,
            shown=form.cleaned_data["shown_version"],
            review_on=form.cleaned_data["review_on"],
            words=form.cleaned_data["words"],
            **acting_now(request),
        ),
        form=form,
        done="Recorded: looked at together, nothing changes.",
    ):
        return redirect(PAGES[kind], pk)
    return _page(request, patient, kind, look_again=form)


@requires(Permission.ASSESS)
def send_plan(request: StaffRequest, pk: int, plan_kind: str) -> HttpResponse:
    """A link with which the person keeps it on their phone."""
    patient, kind = of_clinic(request, pk), _kind(plan_kind)
    points = ContactPoint.objects.visible_to(request.acting).filter(patient=patient)
    form = PlanLinkForm(
        posted(request),
        safe=[point for point in points if may_write_to(point)],
        initial={"language": patient.page_language},
    )
    offered(form, request.acting.clinic)
    made = outcome_of(
        request,
        lambda: check_ins.send_plan_link(
            patient=patient,
            kind=kind,
            language=form.cleaned_data["language"],
            to=form.address,
            **acting_now(request),
        ),
        form=form,
    )
    if made is not None:
        request.session[SHOWN_ONCE] = made.pk
        return redirect("aftercare:check_in", pk, made.pk)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "form": form,
        "back": reverse(PAGES[kind], args=[pk]),
    }
    return render(
        request, "aftercare/hard_day_link.html", context, status=status_of(form)
    )


@gives_out(GivesOut.ONE_PERSON, "the card of a plan, cut to what the gate let out")
@requires(Permission.PATIENT_VIEW, "GET")
def card(
    request: StaffRequest, pk: int, plan_kind: str, card_paper: int
) -> HttpResponse:
    """The plan as a card, small or large, in English or Spanish."""
    patient, kind = of_clinic(request, pk), _kind(plan_kind)
    outgoing = outgoing_of(request, patient, card_paper, CARDS[kind])
    if outgoing is None:
        return redirect("patients:give", pk, CARDS[kind])
    note_view(request, patient, "hard_days")
    language = request.GET.get("language", patient.page_language)
    language = language if language in CARD_LANGUAGES else "en"
    made = card_of(patient, kind, language=language, today=request.today)
    context = {
        "patient": patient,
        "outgoing": outgoing,
        "made": made,
        "language": language,
        "is_large": request.GET.get("size") == "large",
        "back": reverse(PAGES[kind], args=[pk]),
    }
    return render(request, "aftercare/hard_day_card.html", context)
