"""Pages of an impact run: asked, waited for, read, taken along."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import StaffRequest, requires
from accounts.doors import BAD, acting_now, as_file, outcome_of
from accounts.entry.step_up import step_up
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from jobs.actions.kinds import JOBS, work_now
from jobs.tasks import wake
from medications.actions import impact
from medications.clinic_policy import impact_list
from medications.forms.rule_signoff import SignOffForm
from medications.models import ImpactChange, ImpactRun
from medications.views.knowledge import rule_page

# As many people are looked at while one waits for the page.
AT_ONCE = 60
PAGE = 50


@requires(Permission.KNOWLEDGE_SIGN, "POST")
def ask(request: StaffRequest, rule: str) -> HttpResponse:
    """Look at whom a stance would touch, before it is signed."""
    page = rule_page(request, rule)
    form: SignOffForm = page["form"]
    run = outcome_of(
        request,
        lambda: impact.ask_impact(
            clinic=request.acting.clinic,
            proposed=form.proposed(),
            **acting_now(request),
        ),
        form=form,
    )
    if run is not None:
        return _begun(run)
    return render(request, "medications/rule.html", page, status=BAD)


@requires(Permission.KNOWLEDGE_SIGN, "POST")
def ask_edition(request: StaffRequest) -> HttpResponse:
    """Look at whom the edition in use touches, against the one before."""
    run = outcome_of(
        request,
        lambda: impact.ask_edition_impact(
            clinic=request.acting.clinic, **acting_now(request)
        ),
    )
    return redirect("medications:knowledge") if run is None else _begun(run)


def _begun(run: ImpactRun) -> HttpResponse:
    """Few people at once; many by the workers, whom the sweep wakes if need be."""
    if run.job.total <= AT_ONCE:
        work_now(run.job, at=timezone.now())
    else:
        wake(clinic_id=run.clinic_id, queue=JOBS.name)
    return redirect("medications:impact", run.pk)


def _run(request: StaffRequest, pk: int) -> ImpactRun:
    runs = ImpactRun.objects.visible_to(request.acting)
    return get_object_or_404(runs.select_related("job__asked_by"), pk=pk)


@requires(Permission.KNOWLEDGE_SIGN, "GET")
def result(request: StaffRequest, run: int) -> HttpResponse:
    """How far the look has come; once it is done, everybody it found."""
    found = _run(request, run)
    people = Paginator(impact_list.people_of(found, request.acting), PAGE)
    page = people.get_page(request.GET.get("page"))
    context = {
        "run": found,
        "page": page,
        "listed": impact_list.listed(found, list(page.object_list)),
        "asked": impact_list.asked_words(found),
    }
    return render(request, "medications/impact.html", context)


@gives_out(
    GivesOut.MANY_FOR_A_REASON,
    "record numbers alone, for who signs the rule; the run says why",
)
@requires(Permission.KNOWLEDGE_SIGN, "GET")
@step_up("take a file", to_look=True)
def file(request: StaffRequest, run: int) -> HttpResponse:
    """The same as CSV, written down before it is sent."""
    found = _run(request, run)
    impact.note_export(run=found, by=request.user, at=request.at)
    changes = ImpactChange.objects.visible_to(request.acting).filter(run=found)
    text = impact_list.as_csv(changes.select_related("patient"))
    return as_file(text, f"impact-{found.pk}.csv")
