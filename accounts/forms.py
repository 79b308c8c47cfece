import re
import unicodedata
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict

from accounts.models import Clinic, Staff
from accounts.permissions import Role


def plain_helper(*fields: str | Field) -> FormHelper:
    """The house's crispy helper: the tag and the button stand in the template."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    # What the page says of itself (the revision shown) stands in no layout.
    helper.render_hidden_fields = True
    helper.layout = Layout(*fields)
    return helper


IN_A_ROW = "mst-row is-fields align-items-start"


def side_by_side(*fields: str) -> Div:
    """Short fields in one row."""
    return Div(*fields, css_class=IN_A_ROW)


# They join letters of a word, in the scripts that need it.
JOINERS = "\u200c\u200d"
LINES = "\n\r\t"
# Some readers of text end a line at these too.
PAGE_ENDS = re.compile("[\u2028\u2029]")
LINE_ENDS = re.compile("[\n\r\t\u2028\u2029]+")


def is_invisible(sign: str) -> bool:
    """Whether a sign cannot be seen, and may turn or hide what stands beside it."""
    if sign in JOINERS or sign in LINES or sign == "\x00":
        return False
    return unicodedata.category(sign) in ("Cf", "Cc")


class ChoiceList(forms.RadioSelect):
    """Choices that are sentences: one under the other, each as wide as the form."""

    is_list = True


class PlainText(forms.CharField):
    """Text that a database and a page can hold: no NUL, no lone surrogate, nothing that
    cannot be seen; a letter and its accent are one sign. Of one line, where the field
    is."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        if any("\ud800" <= c <= "\udfff" for c in text):
            raise ValidationError("Some characters could not be read. Type them again.")
        seen = "".join(sign for sign in str(text) if not is_invisible(sign))
        is_long = isinstance(self.widget, forms.Textarea)
        seen = (PAGE_ENDS if is_long else LINE_ENDS).sub("\n" if is_long else " ", seen)
        return unicodedata.normalize("NFC", seen.strip() if self.strip else seen)


class TimeZoneField(forms.CharField):
    """A time zone by its name: known here, and to the database that counts days by it."""

    def __init__(self, **named: Any) -> None:
        super().__init__(max_length=64, **named)

    def clean(self, value: object) -> str:
        typed = str(super().clean(value))
        if typed and not (typed in available_timezones() and _is_in_database(typed)):
            raise ValidationError(
                f"{typed} is no time zone. Write one such as America/New_York, of the"
                " list at en.wikipedia.org/wiki/List_of_tz_database_time_zones."
            )
        return typed


def _is_in_database(zone: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_timezone_names WHERE name = %s", [zone])
        return cursor.fetchone() is not None


class SignInForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    helper = plain_helper("email", "password")


class NewPasswordForm(SetPasswordMixin[Staff], forms.Form):
    """A new password, typed twice; paste is welcome. Who comes by a link has no present
    one."""

    password1, password2 = SetPasswordMixin.create_password_fields(
        label1="New password", label2="The same again"
    )
    helper = plain_helper("password1", "password2")

    def __init__(self, data: QueryDict | None = None, *, staff: Staff) -> None:
        super().__init__(data)
        self.staff = staff
        self.fields[
            "password1"
        ].help_text = "15 characters or more. A few words in a row are easiest to keep."

    def clean(self) -> dict[str, object] | None:
        self.validate_passwords("password1", "password2")
        self.validate_password_for_user(self.staff, "password2")
        return super().clean()


class ChangePasswordForm(NewPasswordForm):
    """The same of somebody signed in, who has to know the present one."""

    present_password = forms.CharField(
        label="Present password",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present_password", "password1", "password2")
    helper = plain_helper("present_password", "password1", "password2")

    def clean_present_password(self) -> str:
        """Whoever sits down at an open session does not know it."""
        typed: str = self.cleaned_data["present_password"]
        if not self.staff.check_password(typed):
            raise ValidationError("This is not your present password.")
        return typed


class OpenClinicForm(forms.Form):
    """What a clinic is begun with; each is asked in these words where it is missing."""

    name = PlainText(label="Name of the clinic", max_length=120)
    mrn_prefix = forms.RegexField(
        r"^[A-Za-z0-9]{1,8}\Z",
        label="Letters or digits that record numbers begin with",
        error_messages={"invalid": "Write 1 to 8 letters or digits, such as 004."},
    )
    time_zone = TimeZoneField(label="Time zone, such as America/New_York")
    is_otp = forms.BooleanField(
        label="Certified opioid treatment program", required=False
    )
    is_rems_certified = forms.BooleanField(
        label="Certified for Sublocade and Brixadi (REMS)", required=False
    )

    def clean_name(self) -> str:
        return self._not_taken("name")

    def clean_mrn_prefix(self) -> str:
        return self._not_taken("mrn_prefix")

    def _not_taken(self, field: str) -> str:
        typed: str = self.cleaned_data[field]
        if Clinic.objects.filter(**{f"{field}__iexact": typed}).exists():
            raise ValidationError(f"A clinic with {typed} already exists.")
        return typed


class FirstRunForm(OpenClinicForm):
    """The first page of an empty site: its key, the clinic, and its first admin."""

    key = forms.CharField(
        label="Key",
        max_length=100,
        help_text="Printed where the site was started; manage.py first_run_key prints another.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    admin_name = PlainText(label="Your name", max_length=120)
    email = forms.EmailField(label="Your e-mail", max_length=254)
    field_order = ("key",)
    helper = plain_helper(
        "key",
        side_by_side("admin_name", "email"),
        side_by_side("name", "mrn_prefix", "time_zone"),
        "is_otp",
        "is_rems_certified",
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["mrn_prefix"].label = "Record numbers begin with"
        self.fields["time_zone"].label = "Time zone"

    def clinic(self) -> dict[str, object]:
        """What the clinic is opened with."""
        return {name: self.cleaned_data[name] for name in OpenClinicForm.base_fields}

    def admin(self) -> dict[str, str]:
        """Who is its first admin."""
        return {
            "name": self.cleaned_data["admin_name"],
            "email": self.cleaned_data["email"],
        }


class InviteForm(forms.Form):
    name = PlainText(max_length=120)
    email = forms.EmailField(label="E-mail", max_length=254)
    credentials = PlainText(
        max_length=60, required=False, help_text="For example MD, NP, LCSW."
    )
    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )
    helper = plain_helper("name", "email", "credentials", "roles")


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose a role, or end access below."},
    )
    helper = plain_helper("roles")


class EndAccessForm(forms.Form):
    why = PlainText(label="Why", max_length=200)
    helper = plain_helper("why")


class ChangeFilterForm(forms.Form):
    """Filters of the row history; `before` leafs on from the last row shown."""

    table = forms.CharField(required=False, max_length=63)
    row = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)
