from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import BAD, act, as_seen
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from knowledge.cards import Card
from knowledge.editions import knowledge
from medications.actions import sign_rules as actions
from medications.actions.impact import earlier_edition
from medications.clinic_policy.policy import (
    card_signed,
    departs,
    policy_from,
    shown_of,
    sign_off_of,
    stances_of,
)
from medications.clinic_policy.policy import unchanged_and_due as unchanged
from medications.decision_page.provenance import TAGS
from medications.forms.rule_signoff import ShelfForm, SignOffForm, initial_of
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.rule_list import chips, filtered, rows_of
from medications.knowledge_pages.rule_page import Dossier, dossier
from medications.knowledge_pages.search import KEYS, found
from medications.knowledge_pages.sister_signoffs import sign_offs_of_sisters
from medications.knowledge_pages.subject_signoffs import subjects_due
from medications.knowledge_pages.text_diff import TextDifference, differences
from medications.models import ImpactRun, RuleSignOff

Context = dict[str, Any]


@requires(Permission.KNOWLEDGE_VIEW, "GET")
def rules(request: StaffRequest) -> HttpResponse:
    """All rules, by words, medication, how far they were checked and signed off."""
    shelf = _shelf(request, stances_of(request.acting.clinic.pk))
    stances, cards = shelf["stances"], shelf["cards"]
    return render(
        request,
        "medications/knowledge.html",
        {
            **shelf,
            "due": unchanged(cards, stances),
            "departures": [s for s in stances.values() if departs(s)],
            "subjects": SUBJECTS.values(),
            "subjects_due": subjects_due(request.acting.clinic.pk),
            "earlier": earlier_edition(request.acting.clinic.pk),
            "sisters": sign_offs_of_sisters(request.acting, on=request.today),
        },
    )


def _shelf(request: StaffRequest, stances: dict[str, RuleSignOff]) -> Context:
    """The list of rules that a search and a filter leave."""
    wanted = ShelfForm(request.GET).wanted()
    edition = knowledge().on(request.today, policy_from(stances))
    cards = list(edition.cards.values())
    listed = found(
        cards,
        text=wanted["q"],
        medication=wanted["medication"],
        check=wanted["check"],
    )
    rows = rows_of(listed, stances)
    return {
        "wanted": wanted,
        "stances": stances,
        "cards": cards,
        "edition": edition,
        "rows": filtered(rows, wanted["show"]),
        "chips": chips(rows, wanted["show"]),
        "check": TAGS.get(wanted["check"]),
        "query": request.GET.urlencode(),
        "medications": KEYS.items(),
        "total": len(cards),
        "digest": knowledge().digest,
    }


@requires(Permission.KNOWLEDGE_VIEW, "GET", "HEAD", "POST")
@step_up("sign rules for your clinic")
def rule(request: StaffRequest, rule: str) -> HttpResponse:
    """One rule whole; the medical director signs it off here."""
    page = rule_page(request, rule)
    if request.method != "POST":
        return render(request, "medications/rule.html", page)
    return _signed(request, page)


def _signed(request: StaffRequest, page: Context) -> HttpResponse:
    form: SignOffForm | None = page["form"]
    if form is None:
        raise PermissionDenied
    rule = form.card.id
    if act(
        request,
        lambda: actions.sign_off(
            clinic=request.acting.clinic, proposed=form.proposed(), **as_seen(request)
        ),
        form=form,
    ):
        signed = stances_of(request.acting.clinic.pk)[rule]
        how = signed.get_stance_display().lower()
        messages.success(request, f"{rule}, version {signed.version}, signed: {how}.")
        return redirect("medications:rule", rule)
    return render(request, "medications/rule.html", page, status=BAD)


def rule_page(request: StaffRequest, rule: str) -> Context:
    """All that the page of a rule shows; 404 where there is no such rule."""
    stances = stances_of(request.acting.clinic.pk)
    shelf = _shelf(request, stances)
    card = shelf["edition"].cards.get(rule)
    if card is None:
        raise Http404
    whole = dossier(
        card,
        knowledge(),
        shelf["edition"],
        shelf["edition"].policy.as_json()["numbers"],
    )
    return {
        **shelf,
        "card": card,
        "shown": shown_of(rule, stances),
        "whole": whole,
        "tag": TAGS[card.check],
        "stance": stances.get(rule),
        "sign_off": sign_off_of(card, stances.get(rule)),
        "changed": _changed(card, stances.get(rule)),
        "set_by": _set_by(rule, stances),
        "signed": _signatures(request, rule),
        "form": _form(request, whole, stances.get(rule)),
    }


def _changed(card: Card, stance: RuleSignOff | None) -> tuple[TextDifference, ...]:
    """What reads otherwise since the version that was signed here."""
    if stance is None or not sign_off_of(card, stance).is_due:
        return ()
    signed = card_signed(stance)
    return differences(signed, card) if signed else ()


def _set_by(rule: str, stances: dict[str, RuleSignOff]) -> dict[str, str]:
    """The other rule with which a number of the clinic's own was signed."""
    return {
        name: other.rule
        for other in stances.values()
        for name in other.numbers
        if other.rule != rule
    }


def _signatures(request: StaffRequest, rule: str) -> list[RuleSignOff]:
    rows = RuleSignOff.objects.visible_to(request.acting).filter(rule=rule)
    return list(rows.select_related("signed_by", "taken_from")[:20])


def _form(
    request: StaffRequest, whole: Dossier, stance: RuleSignOff | None
) -> SignOffForm | None:
    """The form to sign, for who may; filled with what was just looked at."""
    if not request.acting.may(Permission.KNOWLEDGE_SIGN):
        return None
    initial = initial_of(whole, stance, _looked_at(request, whole.card.id))
    return SignOffForm(posted(request), dossier=whole, initial=initial)


def _looked_at(request: StaffRequest, rule: str) -> ImpactRun | None:
    run = request.GET.get("run", "")
    if not run.isdecimal() or len(run) > 18:
        return None
    runs = ImpactRun.objects.visible_to(request.acting)
    return runs.filter(pk=int(run), rule=rule).first()
