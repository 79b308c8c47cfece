"""Standings, rule marks and verification tags, drawn alike on every page."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.templatetags.mainstay import icon
from accounts.tenancy import day_here
from knowledge.cited import Check
from knowledge.editions import knowledge
from medications.decision_page.provenance import TAGS
from medications.options.headline import LOOKS, Look, counted
from medications.options.model import Basis, Standing

register = template.Library()

# Where a part was never seen in its source, the mark carries a "?".
UNSEEN = {
    str(Check.UNVERIFIED): ", not yet verified",
    str(Check.PARTLY): ", verified in part",
}


@register.simple_tag
def standing(look: Look | str, size: str = "") -> SafeString:
    """A standing as symbol, word and colour."""
    drawn = look if isinstance(look, Look) else LOOKS[Standing(look)]
    large = " is-large" if size == "large" else ""
    return format_html(
        '<span class="mst-standing {}{}">{}{}</span>',
        drawn.css,
        large,
        icon(drawn.icon),
        drawn.word,
    )


@register.simple_tag
def rule_mark(basis: Basis) -> SafeString:
    """The mark that opens a rule; one that was never checked says so."""
    return _mark(basis.rule, basis.check)


@register.simple_tag
def basis_mark(basis: Basis) -> SafeString:
    """One small mark at the end of a line that opens what it rests on."""
    unseen = UNSEEN.get(basis.check, "")
    return format_html(
        '<a class="mst-basis{}" href="{}" aria-label="Basis: rule {}{}">{}</a>',
        " is-unverified" if unseen else "",
        reverse("medications:rule", args=[basis.rule]),
        basis.rule,
        unseen,
        icon("unsure" if unseen else "basis"),
    )


@register.simple_tag
def rule_marks(rules: Iterable[str]) -> SafeString:
    """The marks of rules of which only the ids are at hand."""
    cards = knowledge().on(day_here(timezone.now())).cards
    return format_html_join(" ", "{}", ((_mark(r, cards[r].check),) for r in rules))


def _mark(rule: str, check: str) -> SafeString:
    unseen = UNSEEN.get(check, "")
    return format_html(
        '<a class="mst-rule{}" href="{}" aria-label="Rule {}{}: words and source">{}</a>',
        " is-unverified" if unseen else "",
        reverse("medications:rule", args=[rule]),
        rule,
        unseen,
        rule,
    )


@register.filter
def strongest(why: str) -> str:
    """The first of several conditions, the strongest; how many more there are."""
    first, *more = why.rstrip(".").split("; ")
    if not more:
        return f"{first}."
    return f"{first}. {counted(len(more), 'effect more')}."


@register.simple_tag
def verification(check: str) -> SafeString:
    """How far something was checked, as a tag."""
    tag = TAGS[check]
    return format_html(
        '<span class="mst-vtag {}">{}{}</span>', tag.css, icon(tag.icon), tag.word
    )


@register.filter
def meaning(parameter: str) -> str:
    """What a number of the knowledge stands for."""
    return knowledge().parameters[parameter].meaning


@register.filter
def role_words(role: str) -> str:
    """Who is asked to do something."""
    return role.replace("_", " ").capitalize()
