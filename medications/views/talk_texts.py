"""The words of the decision aid: those that ship, and the clinic's own."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    as_seen,
    editing,
    outcome_of,
    status_of,
    values_of,
)
from accounts.permissions import Permission
from knowledge.decision_aid.content import LANGUAGES, aid, texts
from medications.actions import talks as acts
from medications.decision_aid.reading_grade import grade_in
from medications.forms.talk import AidTextForm
from medications.models import AidText

AIM = 6.0


@requires(Permission.KNOWLEDGE_VIEW, "GET")
def aid_texts(request: StaffRequest) -> HttpResponse:
    """Every text in both languages, with its reading grade and what it rests on."""
    own = _own(request)
    groups = [(_title("clinic"), [_shown(key, own) for key in _keys("clinic")])]
    for row in (row for row in aid().rows if row.figures is None):
        keys = [f"{row.key}.{column}" for column in row.cells]
        groups.append((row.label["en"], [_shown(key, own) for key in keys]))
    context = {"groups": groups, "aim": AIM, "languages": LANGUAGES}
    return render(request, "medications/talk_texts.html", context)


def _keys(part: str) -> list[str]:
    return [f"{part}.{key}" for key in aid().words[part]]


def _title(part: str) -> str:
    return "The clinic's own lines" if part == "clinic" else part


def _own(request: StaffRequest) -> dict[tuple[str, str], AidText]:
    newest = (
        AidText.objects.visible_to(request.acting)
        .order_by("key", "language", "-id")
        .distinct("key", "language")
    )
    return {(one.key, one.language): one for one in newest if one.text}


def _shown(key: str, own: dict[tuple[str, str], AidText]) -> dict[str, object]:
    shipped = dict(texts(aid()))[key]
    said = []
    for language in LANGUAGES:
        mine = own.get((key, language))
        text = mine.text if mine else shipped[language]
        said.append((language, text, grade_in(language, text), mine))
    return {"key": key, "about": _about(key), "said": said, "cell": _cell(key)}


def _about(key: str) -> str:
    part, _, name = key.partition(".")
    if part == "clinic":
        return aid().say("clinic_titles", name, "en")
    return next(c.title["en"] for c in aid().columns if c.key == name)


def _cell(key: str) -> object:
    part, _, name = key.partition(".")
    return next((row.cells[name] for row in aid().rows if row.key == part), None)


@requires(Permission.KNOWLEDGE_SIGN)
def aid_text(request: StaffRequest, key: str, language: str) -> HttpResponse:
    """Write one text in the clinic's own words; the grade is shown, never a bar."""
    shipped = dict(texts(aid())).get(key)
    if shipped is None or language not in LANGUAGES:
        raise Http404
    clinic, today = request.acting.clinic, request.today
    standing = acts.standing_text(clinic.pk, key, language, shipped[language])
    initial = {"text": standing.text, "reviewed_on": today}
    form = AidTextForm(posted(request), initial=initial, today=today)
    editing(form, standing, acts.SHOWN_OF_TEXT)
    written = outcome_of(
        request,
        lambda: acts.write_aid_text(
            clinic=clinic,
            aid=aid(),
            key=key,
            language=language,
            **as_seen(request),
            **values_of(form),  # type: ignore[arg-type]
        ),
        form=form,
    )
    if written is not None:
        _say_grade(request, written)
        return redirect("medications:aid_texts")
    text = form.data.get("text", "") if form.is_bound else initial["text"]
    context = {
        "form": form,
        "about": _about(key),
        "row": next(
            (r.label["en"] for r in aid().rows if r.key == key.split(".")[0]), ""
        ),
        "language": language,
        "shipped": shipped[language],
        "grade": grade_in(language, str(text)),
        "aim": AIM,
    }
    return render(
        request, "medications/talk_text.html", context, status=status_of(form)
    )


def _say_grade(request: StaffRequest, written: AidText) -> None:
    level = grade_in(written.language, written.text)
    if level is not None and level > AIM:
        messages.warning(
            request,
            f"Kept. Its reading grade is {level}: aim for {AIM:.0f}. Shorter sentences help.",
        )
    else:
        messages.success(request, "Kept. It is on the page from now on.")
