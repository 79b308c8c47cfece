"""Acts on people who were chosen on the caseload: handing over, assigning, one more duty."""

from collections.abc import Iterable
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    outcome_of,
    path_of_ours,
    row_of_clinic,
    status_of,
)
from accounts.models import Staff
from accounts.permissions import Permission
from aftercare.actions import bulk_follow_ups, hands
from aftercare.actions.hand_plan import HandPlan, givers_of, plan_hand_over
from aftercare.actions.holdings import Colleague, colleagues_of
from aftercare.forms.hands import AssignForm, FollowUpForAllForm, HandsForm
from aftercare.models import FollowUp, HandOver
from patients.actions.registry import note_list
from reports.caseload.asked import asked_in, query_of
from reports.caseload.chosen import ChosenPeople, chosen_in, people_words
from reports.caseload.hand_words import preview_of


def _told(request: StaffRequest) -> ChosenPeople:
    data = request.POST if request.method == "POST" else request.GET
    return chosen_in(request.acting, data, at=request.at)


def _back(request: StaffRequest) -> str:
    """The caseload as it was filtered; the form carries it along."""
    wanted = request.POST.get("next", "")
    known = query_of(asked_in(request.GET))
    return path_of_ours(request, wanted, f"{reverse('reports:caseload')}?{known}")


def _colleagues(request: StaffRequest) -> list[Colleague]:
    """Everybody who may look after people, also whoever asks: for others they may be
    the new hands."""
    return colleagues_of(request.acting.clinic)


def _page(
    request: StaffRequest,
    chosen: ChosenPeople,
    form: forms.Form,
    plan: HandPlan | None = None,
    **more: object,
) -> HttpResponse:
    """Who was chosen by name, and beside it the form."""
    note_list(
        people=sorted(chosen.ids),
        page=str(more["button"]),
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    context = {
        "chosen": chosen,
        "form": form,
        "preview": preview_of(plan, chosen.people) if plan else None,
        "plan": plan,
        "back": _back(request),
        **more,
    }
    return render(request, "reports/hands.html", context, status=status_of(form))


def _done(
    request: StaffRequest, back: str, words: str, undo: str, pk: int
) -> HttpResponse:
    path = reverse(undo, args=[pk])
    messages.success(request, words, extra_tags=f"{path}?{urlencode({'next': back})}")
    return redirect(back)


def _planned(
    request: StaffRequest, form: HandsForm | AssignForm, people: Iterable[int]
) -> HandPlan | None:
    """What it would move, as soon as it is known to whom."""
    if not form.is_valid():
        return None
    return plan_hand_over(request.acting.clinic, people, form.asked(), on=request.today)


@requires(Permission.FOLLOW_UP_WORK)
def hand_over(request: StaffRequest) -> HttpResponse:
    """People into other hands, for good or until a day; what moves is seen first."""
    clinic, chosen = request.acting.clinic, _told(request)
    givers = givers_of(clinic, chosen.ids)
    form_of = partial(
        HandsForm,
        people=chosen.people,
        givers=givers,
        colleagues=_colleagues(request),
        today=request.today,
    )
    initial = {"giver": _first_giver(request, givers), "kind": HandOver.Kind.COVER}
    form = form_of(posted(request), initial=initial)
    made = outcome_of(
        request,
        lambda: hands.hand_over(
            clinic=clinic,
            asked=form.asked(),
            people=chosen.ids,
            words=form.cleaned_data["words"],
            words_of=form.words_of(),
            seen=request.POST.get("seen", ""),
            **acting_now(request),
        ),
        form=form,
    )
    if made is not None:
        words = (
            f"{people_words(made.people.count())} handed over to {made.to_staff.name}."
        )
        return _done(
            request, _back(request), words, "reports:take_back_hand_over", made.pk
        )
    looked_at = form_of(request.POST or request.GET)
    return _page(
        request,
        chosen,
        form,
        _planned(request, looked_at, chosen.ids),
        button="Hand over",
        title=f"Hand over {chosen.words}",
        looks_at="people,giver,to,kind,until_on",
    )


def _first_giver(request: StaffRequest, givers: dict[Staff, int]) -> int | None:
    """Whoever asks, where they hold any of them; else who holds most."""
    if request.user in givers:
        return request.user.pk
    return next((one.pk for one in givers), None)


@requires(Permission.PATIENT_EDIT)
def assign(request: StaffRequest) -> HttpResponse:
    """One part in the care of many: whoever held it is let go."""
    clinic, chosen = request.acting.clinic, _told(request)
    form_of = partial(AssignForm, people=chosen.people, colleagues=_colleagues(request))
    form = form_of(posted(request), initial={"part": "care_manager"})
    made = outcome_of(
        request,
        lambda: hands.hand_over(
            clinic=clinic,
            asked=form.asked(),
            people=chosen.ids,
            seen=request.POST.get("seen", ""),
            **acting_now(request),
        ),
        form=form,
    )
    if made is not None:
        words = f"{people_words(made.people.count())} assigned to {made.to_staff.name}."
        return _done(
            request, _back(request), words, "reports:take_back_hand_over", made.pk
        )
    looked_at = form_of(request.POST or request.GET)
    return _page(
        request,
        chosen,
        form,
        _planned(request, looked_at, chosen.ids),
        button="Assign",
        title=f"Assign {chosen.words}",
        looks_at="people,part,to",
    )


@requires(Permission.FOLLOW_UP_WORK)
def add_for_all(request: StaffRequest) -> HttpResponse:
    """The same follow-up for each of those who were chosen."""
    clinic, chosen = request.acting.clinic, _told(request)
    form = FollowUpForAllForm(
        posted(request),
        people=chosen.people,
        today=request.today,
        staff=Staff.objects.active().who_may(Permission.FOLLOW_UP_WORK, clinic),
    )
    made = outcome_of(
        request,
        lambda: bulk_follow_ups.add_follow_ups(
            clinic=clinic,
            people=chosen.ids,
            **acting_now(request),
            **form.values(),  # type: ignore[arg-type]
        ),
        form=form,
    )
    if made:
        words = f"Added for {people_words(len(made))}."
        undo = "reports:take_back_added"
        return _done(request, _back(request), words, undo, made[0].pk)
    return _page(
        request,
        chosen,
        form,
        button="Add",
        title=f"Add a follow-up for {chosen.words}",
    )


@requires(Permission.SELF, "POST")
def take_back_hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo a hand-over, an assignment or a cover."""
    hand = row_of_clinic(request, HandOver.objects.all(), pk=pk)
    act(
        request,
        lambda: hands.take_back_hand_over(hand=hand, **acting_now(request)),
        done="Taken back.",
    )
    return _home(request)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def take_back_added(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo a follow-up that was added for many."""
    rows = FollowUp.objects.select_related("clinic")
    follow_up = row_of_clinic(request, rows, pk=pk)
    act(
        request,
        lambda: bulk_follow_ups.take_back_added(
            follow_up=follow_up, **acting_now(request)
        ),
        done="Taken back, where nobody moved it or gave it on.",
    )
    return _home(request)


def _home(request: StaffRequest) -> HttpResponse:
    wanted = request.GET.get("next", "")
    return redirect(path_of_ours(request, wanted, reverse("reports:caseload")))
