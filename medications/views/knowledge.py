"""Every rule that the options lean on, with its numbers and sources."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from medications.basis import TAGS
from medications.forms.decision import RuleFilterForm
from medications.knowledge import knowledge
from medications.knowledge.cards import Card
from medications.library import (
    KEYS,
    SECTIONS,
    cited_by,
    counts,
    effects_of,
    evidence_words,
    found,
    numbers_of,
)
from medications.rules.registry import says_of

PAGE = 30


def _cards() -> list[Card]:
    return list(knowledge().on(timezone.localdate()).cards.values())


@require_GET
@requires(Permission.KNOWLEDGE_VIEW)
def rules(request: StaffRequest) -> HttpResponse:
    """All rules, by words, medication and how far they were checked."""
    form = RuleFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    cards = _cards()
    text = str(wanted.get("q", "")).replace("\x00", "")
    listed = found(
        cards,
        text=text,
        medication=str(wanted.get("medication", "")),
        check=str(wanted.get("check", "")),
    )
    context = {
        "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "text": text,
        "medications": KEYS.items(),
        "tags": [(check, TAGS[check], count) for check, count in counts(cards)],
        "total": len(cards),
        "digest": knowledge().digest,
    }
    return render(request, "medications/knowledge.html", context)


@require_GET
@requires(Permission.KNOWLEDGE_VIEW)
def rule(request: StaffRequest, rule: str) -> HttpResponse:
    """One rule: when, then, its numbers, and where it comes from."""
    cards = {card.id: card for card in _cards()}
    card = cards.get(rule)
    if card is None:
        raise Http404
    context = {
        "card": card,
        "tag": TAGS[card.check],
        "evidence": evidence_words(card),
        "section": SECTIONS[card.section],
        "neighbours": [c for c in cards.values() if c.section == card.section],
        "effects": effects_of(card.effects),
        "may_effects": effects_of(card.may),
        "holds": any(say.effect.rules_out for say in says_of(card.effects)),
        "numbers": numbers_of(rule, knowledge(), on=timezone.localdate()),
        "sources": cited_by(card, knowledge()),
        "digest": knowledge().digest,
    }
    return render(request, "medications/rule.html", context)
