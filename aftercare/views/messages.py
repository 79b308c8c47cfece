"""Messages to people in care: what they want, said with staff; and the page behind the
link in a message, for whoever holds it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts import tenancy
from accounts.access import StaffRequest, posted, requires
from accounts.clinic_settings.languages import offered
from accounts.doors import act, acting_now, row_of_clinic, status_of
from accounts.permissions import Permission
from accounts.tenancy import clinic_day
from aftercare.actions import message_wishes as acts
from aftercare.check_ins.session import LASTS
from aftercare.forms.messages import MessageWishForm
from aftercare.models import MessageWish
from aftercare.record.messages import messages_of
from assessments.self_report.wording import LANGUAGES, words_in
from patients.models import ContactPoint
from patients.views.registry import looked_at_chart, of_clinic

COOKIE, SALT, PATH = "note", "aftercare.message_wish", "/c/"
type WishPage = Callable[[HttpRequest, MessageWish], HttpResponse]


@requires(Permission.PATIENT_EDIT, "GET", "HEAD", "POST")
def of_person(request: StaffRequest, pk: int) -> HttpResponse:
    """What the person wants, what was sent, what comes next."""
    patient = looked_at_chart(request, pk, "messages")
    points = list(
        ContactPoint.objects.visible_to(request.acting).filter(patient=patient)
    )
    now = messages_of(patient, today=request.today)
    form = MessageWishForm(
        posted(request),
        safe=[point for point in points if acts.may_write_to(point)],
        initial=_as_it_is(now.wish) or {"language": patient.page_language},
    )
    offered(form, request.acting.clinic)
    if act(
        request,
        lambda: acts.agree_to_messages(
            patient=patient,
            to=form.address,
            language=form.cleaned_data["language"],
            kinds=form.cleaned_data["kinds"],
            weekday=form.cleaned_data["weekday"],
            **acting_now(request),
        ),
        form=form,
        done="Kept. Messages go out in the clinic's hours.",
    ):
        return redirect("aftercare:messages", pk)
    context = {
        "patient": patient,
        "tab": "contacts",
        "form": form,
        "now": now,
        "can_write": bool(form.safe),
        "speaks_another": patient.language not in LANGUAGES.values()
        and patient.language not in ("", "Spanish"),
    }
    return render(request, "aftercare/messages.html", context, status=status_of(form))


def _as_it_is(wish: MessageWish | None) -> dict[str, object]:
    if wish is None:
        return {}
    return {
        "to": str(wish.to_id),
        "kinds": wish.kinds,
        "weekday": wish.weekday,
        "language": wish.language,
    }


@requires(Permission.PATIENT_EDIT, "POST")
def end(request: StaffRequest, pk: int, wish: int) -> HttpResponse:
    """Send no more."""
    patient = of_clinic(request, pk)
    found = row_of_clinic(request, MessageWish.objects.all(), pk=wish, patient=patient)
    act(
        request,
        lambda: acts.end_messages(wish=found, **acting_now(request)),
        done="No more messages are sent.",
    )
    return redirect("aftercare:messages", pk)


@sensitive_variables("token")
def open_wish(_: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, whether it is good or not."""
    response = redirect("aftercare:wish_page")
    response["Referrer-Policy"] = "no-referrer"
    found = acts.find_wish(token)
    if found is None:
        response.delete_cookie(COOKIE, path=PATH)
        return response
    response.set_cookie(
        COOKIE,
        signing.dumps(found, salt=SALT),
        max_age=LASTS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@contextmanager
def _wish_of(request: HttpRequest) -> Iterator[MessageWish | None]:
    """The wish that this browser holds a link of, its clinic alone in sight."""
    try:
        told = request.COOKIES.get(COOKIE, "")
        clinic, row = signing.loads(told, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, TypeError, ValueError):
        yield None
        return
    with tenancy.clinics([clinic], actor=f"wish:{row}"):
        rows = MessageWish.objects.select_related("patient__clinic")
        yield rows.filter(pk=row).first()


def _for_holders(view: WishPage) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        with _wish_of(request) as wish:
            if wish is None:
                return _quiet(request, "aftercare/check_in/over.html", "en", status=410)
            return view(request, wish)

    return opened


@_for_holders
def wish_page(request: HttpRequest, wish: MessageWish) -> HttpResponse:
    """Stop, call me, I moved, a new kit: one press each."""
    now, language, said = timezone.now(), wish.language, ""
    go = request.POST.get("go", "")
    if go in (*acts.SAID, acts.STOP):
        on = clinic_day(wish.patient.clinic, now)
        acts.say_by_link(wish=wish, what=go, on=on, at=now)
        said = go
    still = MessageWish.objects.in_force().filter(patient=wish.patient_id)
    return _quiet(
        request,
        "aftercare/check_in/wish.html",
        language,
        said=said,
        is_over=not still.exists(),
        phone=wish.patient.clinic.phone,
    )


def _quiet(
    request: HttpRequest,
    template: str,
    language: str,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    """A page that says nothing of what it is about, and stays in no cache."""
    context = {"say": words_in(language), "also": words_in("es"), "language": language}
    response = render(request, template, context | more, status=status)
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
