"""The pages behind a check-in link, for people without an account.

Open to everybody: what they may see is decided by the link, a date of birth, and the
row of the check-in. An unknown link, a used one and an old one look the same.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts.doors import as_file
from accounts.giving import GivesOut, gives_out
from accounts.tenancy import clinic_day
from aftercare.actions import check_ins as acts
from aftercare.check_ins import session
from aftercare.check_ins.own_course import own_course
from aftercare.check_ins.session import Visitor, remember
from aftercare.models import CheckIn
from aftercare.record.hard_day_card import card_of
from assessments.actions.measures import NothingAnswered
from assessments.self_report import answer_pages
from assessments.self_report.wording import LANGUAGES, words_in
from knowledge.instruments.questionnaire import read_one, read_page
from knowledge.instruments.reading import NotAllowed
from patients.birth_dates import born_on_in

BAD, GONE = 400, 410
WEEKLY = "weekly"
# A button beside an answer: which page it is changed on.
CHANGE = "change:"
# Of somebody's own words, as they are kept.
LONGEST = 500
type Page = Callable[[HttpRequest, Visitor, CheckIn], HttpResponse]


@sensitive_variables("token")
def open_link(_: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, whether it is good or not.

    Never an error, since those are logged with their address.
    """
    response = redirect("aftercare:check_in_page")
    # The next page must not be told where the visitor came from.
    response["Referrer-Policy"] = "no-referrer"
    found = acts.find_check_in(token)
    if found is None:
        response.delete_cookie(session.COOKIE, path=session.PATH)
        return response
    return remember(response, Visitor(*found))


def _over(request: HttpRequest) -> HttpResponse:
    """The same page for every link that leads nowhere, in both languages."""
    context = {
        "say": words_in("en"),
        "also": words_in("es"),
        "language": "en",
    }
    response = render(request, "aftercare/check_in/over.html", context, status=GONE)
    response["Cache-Control"] = "no-store, private"
    return response


def _for_visitors(view: Page) -> Callable[[HttpRequest], HttpResponse]:
    """Give the view its check-in, under its clinic alone, or show that it is over."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        visitor = session.visitor_of(request)
        with session.row_of(visitor, at=timezone.now()) as check_in:
            if visitor is None or check_in is None:
                return _over(request)
            if check_in.answered_at is not None:
                return remember(_thanks(request, check_in), visitor)
            if check_in.patient.date_of_birth and not visitor.is_in:
                return _birth(request, visitor, check_in)
            try:
                return view(request, visitor.entered(), check_in)
            except acts.CheckInOver:
                return redirect("aftercare:check_in_page")

    return opened


def _birth(request: HttpRequest, visitor: Visitor, check_in: CheckIn) -> HttpResponse:
    """Ask for the date of birth, so that only this person goes on."""
    say, problem, now = words_in(check_in.language), "", timezone.now()
    if request.method == "POST" and request.POST.get("go") in LANGUAGES:
        check_in = acts.speak(check_in=check_in, language=request.POST["go"], at=now)
        say = words_in(check_in.language)
    elif request.method == "POST" and "born" in request.POST:
        problem = _wrong(request.POST["born"], check_in, now)
        if not problem:
            acts.open_check_in(check_in=check_in, at=now)
            return remember(redirect("aftercare:check_in_page"), visitor.entered())
        if problem == "over":
            return _over(request)
    context = {
        "say": say,
        "language": check_in.language,
        "languages": [(k, w, k == check_in.language) for k, w in LANGUAGES.items()],
        "problem": problem,
        "crisis": say["crisis"],
    }
    status = BAD if problem else 200
    response = render(request, "aftercare/check_in/born.html", context, status=status)
    return remember(response, visitor)


def _wrong(text: str, check_in: CheckIn, at: datetime) -> str:
    """Why the date is not taken; `over` where this was the last try."""
    say = words_in(check_in.language)
    born_on = born_on_in(text)
    if born_on is None:
        return say["born_unread"]
    left = acts.confirm_birth(check_in=check_in, born_on=born_on, at=at)
    if left is None:
        return ""
    return say["born_wrong"].format(left=left) if left else "over"


def _thanks(request: HttpRequest, check_in: CheckIn) -> HttpResponse:
    say = words_in(check_in.language)
    course = own_course(check_in)
    context = {
        "say": say,
        "language": check_in.language,
        "is_pressing": answer_pages.is_pressing(check_in.instruments, check_in.answers),
        "crisis": say["crisis"],
        "course": course,
        "course_said": say["from_to"].format(first=course.first, last=course.last)
        if course
        else "",
    }
    return render(request, "aftercare/check_in/thanks.html", context)


@_for_visitors
def page(request: HttpRequest, visitor: Visitor, check_in: CheckIn) -> HttpResponse:
    """Some questions at a time; every way on from a page keeps its answers."""
    check_in = acts.open_check_in(check_in=check_in, at=timezone.now())
    if check_in.shows:
        return _plan(request, visitor, check_in)
    wanted = request.GET.get("page", "")
    if request.method != "POST":
        return _shown(request, visitor, check_in, wanted)
    if "words" in request.POST:
        check_in = acts.keep_said(
            check_in=check_in,
            said_too=request.POST.getlist("too"),
            words=_typed(request),
            at=timezone.now(),
        )
    here = answer_pages.page_named(check_in.instruments, check_in.answers, wanted)
    if here is not None:
        try:
            answers = read_page(here, answer_pages.posted_codes(request.POST.dict()))
        except NotAllowed:
            return _shown(request, visitor, check_in, wanted, problem="refused")
        check_in = acts.save_check_in(
            check_in=check_in,
            instrument=here.instrument.key,
            answers=answers,
            at=timezone.now(),
        )
    return remember(redirect(_onward(request, check_in, wanted)), visitor)


def _plan(request: HttpRequest, visitor: Visitor, check_in: CheckIn) -> HttpResponse:
    """Their plan for bad days, help first; the language changes for this link alone."""
    if request.method == "POST" and request.POST.get("go") in LANGUAGES:
        acts.speak(check_in=check_in, language=request.POST["go"], at=timezone.now())
        return remember(redirect("aftercare:check_in_page"), visitor)
    context = _card(check_in) | {
        "languages": [(k, w, k == check_in.language) for k, w in LANGUAGES.items()]
    }
    response = render(request, "aftercare/check_in/plan.html", context)
    return remember(response, visitor)


def _card(check_in: CheckIn) -> dict[str, object]:
    person = check_in.patient
    made = card_of(
        person,
        check_in.shows,
        language=check_in.language,
        today=clinic_day(person.clinic, timezone.now()),
    )
    return {"made": made, "say": made.labels, "language": check_in.language}


@gives_out(GivesOut.TO_THE_PERSON, "their own plan, to keep on their phone")
@_for_visitors
def keep(_: HttpRequest, visitor: Visitor, check_in: CheckIn) -> HttpResponse:
    """The same page as a file, which opens without a network."""
    if not check_in.shows:
        return redirect("aftercare:check_in_page")
    page_of_it = render_to_string("aftercare/check_in/kept.html", _card(check_in))
    return remember(as_file(page_of_it, "my-page.html", "text/html"), visitor)


def _onward(request: HttpRequest, check_in: CheckIn, name: str) -> str:
    go = request.POST.get("go", "next")
    to = go.removeprefix(CHANGE)
    if to != go and answer_pages.page_named(check_in.instruments, check_in.answers, to):
        return _address(to)
    if go in LANGUAGES:
        acts.speak(check_in=check_in, language=go, at=timezone.now())
    return _address(
        answer_pages.onward(check_in.instruments, check_in.answers, name, go)
    )


def _address(name: str) -> str:
    return f"{reverse('aftercare:check_in_page')}?page={name}"


def _more(check_in: CheckIn, say: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a weekly check-in asks besides; to stop only what comes by itself."""
    if WEEKLY not in check_in.instruments:
        return []
    asked = ["moved", "kit", *(["stop"] if check_in.wish_id else [])]
    return [(what, say[f"too_{what}"]) for what in asked]


def _shown(
    request: HttpRequest,
    visitor: Visitor,
    check_in: CheckIn,
    wanted: str,
    *,
    problem: str = "",
) -> HttpResponse:
    say = words_in(check_in.language)
    context = answer_pages.context_of(
        check_in.instruments, check_in.answers, check_in.language, wanted
    ) | {
        "problem": say[problem] if problem else "",
        "save_url": reverse("aftercare:check_in_save"),
        "send_url": reverse("aftercare:check_in_send"),
        "welcome": say["welcome"],
        "crisis": say["crisis"],
        "asks_more": _more(check_in, say),
        "typed": _typed(request) or check_in.words,
        "said_too": check_in.said_too,
    }
    name = "review" if context["page"] is None else "page"
    status = BAD if problem else 200
    response = render(request, f"assessments/self/{name}.html", context, status=status)
    return remember(response, visitor)


def _typed(request: HttpRequest) -> str:
    """Own words as a database holds them, no longer than they are kept."""
    return request.POST.get("words", "").replace("\x00", "").strip()[:LONGEST]


@require_POST
@_for_visitors
def save_one(request: HttpRequest, visitor: Visitor, check_in: CheckIn) -> HttpResponse:
    """Keep one answer at once; says which questions need no answer any more."""
    if check_in.shows:
        return JsonResponse({}, status=BAD)
    try:
        instrument, item, code = read_one(
            check_in.instruments,
            request.POST.get("name", ""),
            request.POST.get("value", ""),
        )
    except NotAllowed:
        return JsonResponse({}, status=BAD)
    check_in = acts.save_check_in(
        check_in=check_in,
        instrument=instrument,
        answers={item: code},
        at=timezone.now(),
    )
    told = answer_pages.told_of_saving(
        check_in.instruments,
        check_in.answers,
        instrument,
        check_in.language,
        is_tablet=False,
    )
    return remember(JsonResponse(told), visitor)


@require_POST
@_for_visitors
def send(request: HttpRequest, visitor: Visitor, check_in: CheckIn) -> HttpResponse:
    """The person is done. Sending twice is sending once."""
    if check_in.shows:
        return remember(redirect("aftercare:check_in_page"), visitor)
    try:
        acts.answer_check_in(
            check_in=check_in,
            said_too=request.POST.getlist("too"),
            words=_typed(request),
            at=timezone.now(),
        )
    except NothingAnswered:
        return _shown(
            request, visitor, check_in, answer_pages.REVIEW, problem="nothing"
        )
    return remember(redirect("aftercare:check_in_page"), visitor)
