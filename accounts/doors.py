"""Helpers of every door: find the row, do one act, say what was refused."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain
from typing import TypedDict, Unpack, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Manager, Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import audit
from accounts.access import Acting, StaffRequest
from accounts.models import Staff
from accounts.refusals import (
    NotConfirmed,
    Overtaken,
    Refused,
    RightMissing,
    as_shown,
    revision_of,
)


class Actor(TypedDict):
    """Who acts, and when."""

    by: Staff
    at: datetime


class ActorAsShown(Actor):
    """The same, with the revision of what stood on their page."""

    shown: str


OK, BAD, CONFLICT = 200, 400, 409


def path_of_ours(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """Where a form wants to go on, if that is a path of this site."""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else otherwise


BYTE_ORDER_MARK = "\ufeff"
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
    only_looks: bool
    about: Callable[[], Iterable[str]]


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
    only_looks: bool = False,
    about: Callable[[], Iterable[str]] = tuple,
) -> Made | None:
    """The outcome of one act; a form that was not sent, or is not in order, has none.

    Below `step_up` nothing is done for who has not proved lately that it is them: what
    is wrong with a form is said before they are asked, and in the lines of `about` what
    they are about to do. What `only_looks` is no act.
    Refused, its words stand at the field that they are about, or above the form; without
    a form they are a message. `row` has to say what was shown of it, and is held until
    the end.
    """
    if form is not None and (request.method != "POST" or not form.is_valid()):
        return None
    if getattr(request, "is_unproven", False) and not only_looks:
        raise NotConfirmed(about())
    try:
        with transaction.atomic():
            if row is not None:
                as_shown(_held(row), shown_in(request), fields)
            made = do()
    except Refused as refusal:
        if isinstance(refusal, RightMissing):
            _note_refused(request, row)
        if form is None:
            messages.error(request, str(refusal))
        else:
            _refuse(form, refusal)
        return None
    if done:
        messages.success(request, done)
    return made


def _note_refused(request: HttpRequest, row: Model | None) -> None:
    """Write down that somebody asked for what only others may decide."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    page = request.resolver_match
    audit.record(
        "act.refused",
        row or acting.clinic,
        by=acting.staff,
        at=request.at,  # type: ignore[attr-defined]
        clinic=acting.clinic,
        page=page.view_name if page else "",
    )


def _held[Row: Model](row: Row) -> Row | None:
    rows = type(row)._default_manager.select_for_update(no_key=True, of=("self",))
    return rows.filter(pk=row.pk).first()


def _refuse(form: forms.Form, refusal: Refused) -> None:
    form.refusal = refusal  # type: ignore[attr-defined]
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
    """A file to keep, under this name; what comes piece by piece is sent so.

    A table begins with the mark by which a spreadsheet knows that letters are UTF-8.
    """
    mark = BYTE_ORDER_MARK if content_type == "text/csv" else ""
    response = (
        HttpResponse(f"{mark}{content}")
        if isinstance(content, str)
        else StreamingHttpResponse(chain([mark.encode()], content))
    )
    response["Content-Type"] = f"{content_type}; charset=utf-8"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, response)


def status_of(*given: forms.Form) -> int:
    """400 where something is to be put right, 409 where somebody was faster."""
    if any(getattr(form, "is_overtaken", False) for form in given):
        return CONFLICT
    return BAD if any(form.errors for form in given) else OK
