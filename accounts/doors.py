"""Helpers of every door: find the row, do one act, say what was refused."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypedDict, Unpack, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Manager, Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from accounts.access import StaffRequest
from accounts.models import Staff
from accounts.refusals import Overtaken, Refused, as_shown, revision_of


class Actor(TypedDict):
    """Who acts, and when."""

    by: Staff
    at: datetime


class ActorAsShown(Actor):
    """The same, with the revision of what stood on their page."""

    shown: str


OK, BAD, CONFLICT = 200, 400, 409
SHOWN = "shown"


def row_of_clinic[Row: Model](
    request: StaffRequest, rows: Manager[Row] | QuerySet[Row], **named: object
) -> Row:
    """The row of this clinic that the address names, or a 404."""
    mine: QuerySet[Row] = rows.visible_to(request.acting)  # type: ignore[union-attr]
    return get_object_or_404(mine, **named)


def acting_now(request: StaffRequest) -> Actor:
    """Who asks, and when the request came, on the clinic's clock."""
    return {"by": request.user, "at": request.at}


def shown_in(request: HttpRequest) -> str:
    """The revision of what stood on the page that this was sent from."""
    return str(request.POST.get(SHOWN, ""))


def as_seen(request: StaffRequest) -> ActorAsShown:
    """Who asks, when, and what they had before them."""
    return {**acting_now(request), "shown": shown_in(request)}


def editing[F: forms.Form](form: F, row: Model, fields: Iterable[str] = ()) -> F:
    """Let a form carry the revision of the row that it shows."""
    form.fields[SHOWN] = forms.CharField(
        required=False,
        max_length=64,
        widget=forms.HiddenInput,
        initial=revision_of(row, fields),
    )
    return form


def values_of(form: forms.Form) -> dict[str, object]:
    """What was typed, without what the page said of itself."""
    return {n: value for n, value in form.cleaned_data.items() if n != SHOWN}


class ActOptions(TypedDict, total=False):
    """What an act is bound to, and what is said once it is done."""

    form: forms.Form | None
    row: Model | None
    fields: Iterable[str]
    done: str


def act(
    request: HttpRequest, do: Callable[[], object], **options: Unpack[ActOptions]
) -> bool:
    """Whether one act was done, as `outcome_of` does it."""

    def do_it() -> bool:
        do()
        return True

    return bool(outcome_of(request, do_it, **options))


def outcome_of[Made](
    request: HttpRequest,
    do: Callable[[], Made],
    *,
    form: forms.Form | None = None,
    row: Model | None = None,
    fields: Iterable[str] = (),
    done: str = "",
) -> Made | None:
    """The outcome of one act; a form that was not sent, or is not in order, has none.

    Refused, its words stand at the field that they are about, or above the form; without
    a form they are a message. `row` has to say what was shown of it, and is held until
    the end.
    """
    if form is not None and (request.method != "POST" or not form.is_valid()):
        return None
    try:
        with transaction.atomic():
            if row is not None:
                as_shown(_held(row), shown_in(request), fields)
            made = do()
    except Refused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            _refuse(form, refusal)
        return None
    if done:
        messages.success(request, done)
    return made


def _held[Row: Model](row: Row) -> Row | None:
    rows = type(row)._default_manager.select_for_update(no_key=True, of=("self",))
    return rows.filter(pk=row.pk).first()


def _refuse(form: forms.Form, refusal: Refused) -> None:
    if isinstance(refusal, Overtaken):
        _both_versions(form, refusal)
    form.add_error(
        refusal.field if refusal.field in form.fields else None, str(refusal)
    )


def _both_versions(form: forms.Form, refusal: Overtaken) -> None:
    """What the other one wrote stands beside each field where it differs from what is
    typed; saved again, the form has seen it."""
    mine = dict(form.cleaned_data)
    # Where a field is no column of the row, the form says what it would hold.
    now = form.values_from(refusal.row) if hasattr(form, "values_from") else {}
    for name in mine.keys() & set(form.fields):
        theirs = now.get(name, getattr(refusal.row, name, mine[name]))
        if _plain(mine[name]) != _plain(theirs):
            form.add_error(name, f"It says now: “{_words(form.fields[name], theirs)}”")
    if SHOWN in form.fields:
        data = cast(QueryDict, form.data).copy()
        data[form.add_prefix(SHOWN)] = form.fields[SHOWN].initial
        form.data = data
    form.is_overtaken = True  # type: ignore[attr-defined]


def _plain(value: object) -> object:
    return "" if value is None else value


def _words(field: forms.Field, value: object) -> str:
    if value in (None, ""):
        return "nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    labels = dict(getattr(field, "choices", ()))
    several = value if isinstance(value, list) else [value]
    return ", ".join(str(labels.get(one, one)) for one in several)


def as_file(
    content: str | Iterable[bytes], name: str, content_type: str = "text/csv"
) -> HttpResponse:
    """A file to keep, under this name; what comes piece by piece is sent so."""
    made = HttpResponse if isinstance(content, str) else StreamingHttpResponse
    response = made(content, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, response)


def status_of(*given: forms.Form) -> int:
    """400 where something is to be put right, 409 where somebody was faster."""
    if any(getattr(form, "is_overtaken", False) for form in given):
        return CONFLICT
    return BAD if any(form.errors for form in given) else OK
