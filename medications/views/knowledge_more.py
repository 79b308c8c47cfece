"""The knowledge from other sides: by number, by medication, several rules at once."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, status_of
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from knowledge.cards import Card
from knowledge.editions import knowledge
from knowledge.formulary.classes import all_about
from knowledge.formulary.lines import FormularyLine, FormularySection
from knowledge.sources import Reference
from medications.actions import sign_rules as actions
from medications.clinic_policy.policy import (
    policy_of,
    shown_of,
    stances_of,
    unchanged_and_due,
)
from medications.forms.rule_signoff import TogetherForm
from medications.knowledge_pages.parameters import numbers
from medications.knowledge_pages.rule_list import rows_of
from medications.knowledge_pages.search import KEYS, SECTIONS, found
from medications.knowledge_pages.sister_signoffs import sign_offs_of_sisters
from medications.knowledge_pages.usage import MEANINGS, RuleUse, Usage, usage_of
from medications.models import MedicationDecision

type Cited = tuple[FormularyLine, list[Reference]]

YEAR = timedelta(days=365)
SHOWN = 50


@requires(Permission.KNOWLEDGE_VIEW, "GET")
def all_numbers(request: StaffRequest) -> HttpResponse:
    """Every number that a rule reads, as it ships and as this clinic has it."""
    rows = numbers(knowledge(), policy_of(request.acting.clinic.pk), on=request.today)
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    listed = [row for row in rows if all(w in row.text for w in text.lower().split())]
    context = {"rows": listed, "text": text, "total": len(rows)}
    return render(request, "medications/numbers.html", context)


@requires(Permission.KNOWLEDGE_VIEW, "GET")
def by_medication(request: StaffRequest, medication: str) -> HttpResponse:
    """Every rule that touches one medication, section by section."""
    if medication not in KEYS:
        raise Http404
    stances = stances_of(request.acting.clinic.pk)
    cards = knowledge().on(request.today).cards.values()
    rows = rows_of(found(cards, text="", medication=medication, check=""), stances)
    sections = [
        (title, [row for row in rows if row.card.section == key])
        for key, title in SECTIONS.items()
    ]
    context = {
        "title": KEYS[medication],
        "key": medication,
        "sections": [(title, listed) for title, listed in sections if listed],
        "formulary": _formulary(medication),
        "medications": KEYS.items(),
        "count": len(rows),
    }
    return render(request, "medications/by_medication.html", context)


def _formulary(medication: str) -> list[tuple[FormularySection, list[Cited]]]:
    """Products, doses and waits, each line with its sources."""
    sources = knowledge().sources
    return [
        (part, [(line, [sources[key] for key in line.cites]) for line in part.lines])
        for part in all_about(medication, knowledge())
    ]


@requires(Permission.KNOWLEDGE_SIGN, "GET", "HEAD", "POST")
@step_up("sign rules for your clinic")
def together(request: StaffRequest) -> HttpResponse:
    """Sign off several rules as they ship: choose, see the list again, sign."""
    stances = stances_of(request.acting.clinic.pk)
    due = unchanged_and_due(knowledge().on(request.today).cards.values(), stances)
    shown = {card.id: shown_of(card.id, stances) for card in due}
    form = TogetherForm(posted(request), due=due, shown=shown)
    page: dict[str, object] = {
        "form": form,
        "due": due,
        "sections": SECTIONS,
        "all": request.GET.getlist("all"),
        "sisters": sign_offs_of_sisters(request.acting, on=request.today),
    }
    if request.method == "POST" and form.is_valid():
        if "sure" in request.POST:
            return _signed(request, form.chosen, shown)
        page["chosen"] = form.chosen
    return render(request, "medications/together.html", page, status=status_of(form))


def _signed(
    request: StaffRequest, chosen: list[Card], shown: dict[str, str]
) -> HttpResponse:
    is_signed = act(
        request,
        lambda: actions.sign_off_unchanged(
            clinic=request.acting.clinic,
            versions={card.id: card.version for card in chosen},
            shown=shown,
            **acting_now(request),
        ),
        done=f"Signed off as they ship: {len(chosen)}.",
    )
    return redirect("medications:knowledge" if is_signed else "medications:sign_off")


@requires(Permission.KNOWLEDGE_VIEW, "GET")
def usage(request: StaffRequest, rule: str) -> HttpResponse:
    """How often a rule spoke here in a year, and what came of it."""
    cards = knowledge().on(request.today).cards
    if rule not in cards:
        raise Http404
    used = usage_of(rule, clinic_id=request.acting.clinic.pk, since=request.at - YEAR)
    part = "#panel" if request.headers.get("HX-Request") else ""
    context = {
        "card": cards[rule],
        "usage": used,
        "outcomes": [(MEANINGS[o], o, *more) for o, *more in used.counts],
        "overridden": [] if part else _overridden(request, used),
        "most": SHOWN,
    }
    return render(request, f"medications/usage.html{part}", context)


def _overridden(request: StaffRequest, used: Usage) -> list[MedicationDecision]:
    """The decisions themselves, for who may open charts."""
    if not request.acting.may(Permission.PATIENT_VIEW):
        return []
    ids = [row.decision for row in used.of(RuleUse.OVERRIDDEN)][:SHOWN]
    rows = MedicationDecision.objects.visible_to(request.acting).filter(pk__in=ids)
    return list(
        rows.select_related("patient", "decided_by").defer("picture", "options")
    )
