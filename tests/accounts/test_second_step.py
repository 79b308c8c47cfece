"""A second step: set up, asked for, used once, taken away."""

import datetime as dt
from io import StringIO

import pyotp
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.entry import codes, sealing
from accounts.entry.actions import factors
from accounts.entry.actions.proofs import (
    CODE,
    PASSKEY,
    RECOVERY,
    Proof,
    prove,
)
from accounts.entry.actions.proofs import (
    PASSWORD as BY_PASSWORD,
)
from accounts.entry_rows import (
    AccountMail,
    CodeApp,
    FactorTries,
    Passkey,
    RecoveryCode,
)
from accounts.models import AuditEvent, Clinic, Membership
from accounts.permissions import Role
from accounts.refusals import Gone
from tests.accounts.soft_key import SoftKey, add_key
from tests.conftest import account_mails, clinic_today, markup, signed_in, unconfirmed
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.usefixtures("db")
SIGN_IN, SECOND = reverse("accounts:sign_in"), reverse("accounts:second_step")
ALONE = reverse("accounts:passkey_sign_in")
SECRET = "JBSWY3DPEHPK3PXP" * 2
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _a_clock_that_stands():
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def clock(_a_clock_that_stands):
    return _a_clock_that_stands


def code(secret=SECRET, at=None):
    return pyotp.TOTP(secret).at(at or timezone.now())


@pytest.fixture
def app(clinician):
    return CodeApp.objects.create(
        staff=clinician,
        sealed=sealing.seal(SECRET),
        last_step=0,
        added_at=timezone.now(),
    )


@pytest.fixture
def recovery(app, clinician, clinic):
    return factors.make_recovery_codes(
        staff=clinician, clinic=clinic, at=timezone.now()
    )


def half_way(staff, password=PASSWORD, **more):
    """A browser in which the password has been given."""
    client = Client()
    client.post(SIGN_IN, {"email": staff.email, "password": password, **more})
    return client


def is_in(client):
    return client.get("/account/").status_code == 200


class TestSigningIn:
    def test_without_a_factor_the_password_is_enough(self, clinician):
        assert is_in(half_way(clinician))

    def test_with_one_the_password_opens_nothing(self, clinician, app):
        client = half_way(clinician)

        assert client.get("/people/").status_code == 302
        assert not is_in(client)
        assert "Six digits" in markup(client.get(SECOND))
        assert not AuditEvent.objects.filter(verb="staff.signed_in").exists()

    def test_the_code_of_the_app_does_and_leads_on(self, clinician, app):
        client = half_way(clinician, next="/people/")
        answer = client.post(SECOND, {"proof_code": f"{code()[:3]} {code()[3:]}"})

        assert answer.url == "/people/"
        assert is_in(client)

    def test_a_code_is_good_once(self, clinician, app):
        sent = {"proof_code": code()}
        half_way(clinician).post(SECOND, sent)
        again = half_way(clinician)
        answer = again.post(SECOND, sent)

        assert answer.status_code == 400
        assert "That code is used" in markup(answer)
        assert not is_in(again)

    @pytest.mark.parametrize(
        ("late", "opens"),
        [
            pytest.param(dt.timedelta(seconds=-30), True, id="a clock that is behind"),
            pytest.param(dt.timedelta(seconds=30), True, id="a clock that is ahead"),
            pytest.param(dt.timedelta(seconds=90), False, id="too far"),
        ],
    )
    def test_a_clock_may_be_half_a_minute_wrong(self, clinician, app, late, opens):
        client = half_way(clinician)
        client.post(SECOND, {"proof_code": code(at=timezone.now() + late)})

        assert is_in(client) is opens

    def test_a_recovery_code_opens_once_and_is_told(self, clinician, clinic, recovery):
        client = half_way(clinician)
        assert "Recovery code" in markup(client.get(f"{SECOND}?with=recovery"))
        typed = recovery[3].upper().replace("-", " ")
        client.post(SECOND, {"proof_recovery": typed})
        again = half_way(clinician)
        answer = again.post(SECOND, {"proof_recovery": recovery[3]})

        assert is_in(client)
        assert not is_in(again)
        assert "none of your unused" in markup(answer)
        assert RecoveryCode.objects.filter(used_at=None).count() == 9
        sent = [one.subject for one in account_mails(clinic)]
        assert "A recovery code was used" in sent

    def test_half_way_is_over_after_five_minutes(self, clinician, app, clock):
        client = half_way(clinician)
        clock.shift(5 * MINUTE + dt.timedelta(seconds=1))

        assert client.get(SECOND).url == SIGN_IN

    def test_a_new_password_meanwhile_ends_it(self, clinician, app):
        client = half_way(clinician)
        clinician.set_password("nine lives of another cat")
        clinician.save()

        assert client.get(SECOND).url == SIGN_IN

    def test_a_password_is_no_second_step(self, clinician, app):
        client = half_way(clinician)

        assert client.post(SECOND, {"proof_password": PASSWORD}).status_code == 400
        assert not is_in(client)

    def test_nobody_comes_here_without_a_password(self):
        assert Client().get(SECOND).url == SIGN_IN


class TestTries:
    def send(self, staff, typed, way=CODE):
        return prove(staff=staff, proof=Proof(way, typed), at=timezone.now())

    def test_five_wrong_ones_close_it_for_the_right_one_too(self, clinician, app):
        results = [self.send(clinician, "000000") for _ in range(6)]

        assert "not right" in results[4].refusal
        assert "15 minutes" in results[5].refusal
        assert not self.send(clinician, code()).holds

    def test_it_opens_again_and_closes_for_longer(self, clinician, app, clock):
        for _ in range(5):
            self.send(clinician, "000000")
        clock.shift(15 * MINUTE)
        for _ in range(5):
            self.send(clinician, "000000")

        assert "30 minutes" in self.send(clinician, code()).refusal
        clock.shift(30 * MINUTE)
        assert self.send(clinician, code()).holds

    def test_a_right_one_forgets_the_wrong_ones(self, clinician, app, clock):
        for _ in range(3):
            for _ in range(4):
                self.send(clinician, "000000")
            assert self.send(clinician, code()).holds
            clock.shift(MINUTE)

    @pytest.mark.parametrize(
        ("way", "typed"),
        [
            (CODE, "letters"),
            (CODE, "\uff11\uff12\uff13\uff14\uff15\uff16"),
            (RECOVERY, "x"),
            (RECOVERY, "aaaa-aaaa-aaaa-aaaa"),
            (BY_PASSWORD, "no"),
            (PASSKEY, ""),
        ],
    )
    def test_what_is_wrong_is_written_down_without_what_was_typed(
        self, clinician, app, way, typed
    ):
        assert not self.send(clinician, typed, way).holds
        event = AuditEvent.objects.get(verb="staff.proof_failed")
        assert event.facts == {"way": way}

    def test_without_an_app_no_code_is_right(self, clinician):
        assert not self.send(clinician, code()).holds


class TestApp:
    def test_is_set_up_by_a_code_and_brings_recovery_codes(self, clinician, clinic):
        client = signed_in(clinician)
        page = client.get("/account/app/")
        secret = page.context["secret"].replace(" ", "")
        assert "<svg" in page.content.decode()
        assert not CodeApp.objects.exists()

        wrong = client.post("/account/app/", {"code": "000000"})
        assert wrong.status_code == 400
        assert "other digits" in markup(wrong)

        right = client.post("/account/app/", {"code": code(secret)})
        shown = client.get(right.url)
        assert len(shown.context["codes"]) == codes.RECOVERY_CODES
        assert client.get(right.url).context["codes"] == []
        assert secret not in CodeApp.objects.get(staff=clinician).sealed
        told = {mail.subject for mail in account_mails(clinic)}
        assert "A second step was added to your account" in told
        assert {mail.to[0] for mail in account_mails(clinic)} <= {clinician.email}

    def test_with_the_first_one_sessions_of_the_password_alone_are_over(
        self, clinician
    ):
        """Somebody else may have had the password before."""
        somewhere, desk = signed_in(clinician), signed_in(clinician)
        secret = desk.get("/account/app/").context["secret"].replace(" ", "")
        desk.post("/account/app/", {"code": code(secret)})

        assert is_in(desk)
        assert not is_in(somewhere)

    def test_with_a_further_one_other_sessions_go_on(self, clinician, app):
        somewhere, desk = signed_in(clinician), signed_in(clinician)
        add_key(desk, SoftKey())

        assert is_in(desk)
        assert is_in(somewhere)

    def test_its_first_code_does_not_sign_in(self, clinician):
        client = signed_in(clinician)
        secret = client.get("/account/app/").context["secret"].replace(" ", "")
        client.post("/account/app/", {"code": code(secret)})

        answer = half_way(clinician).post(SECOND, {"proof_code": code(secret)})

        assert "That code is used" in markup(answer)

    def test_is_removed_and_its_recovery_codes_with_it(self, clinician, recovery):
        client = signed_in(clinician)
        client.post("/account/app/remove/")

        assert not CodeApp.objects.exists()
        assert not RecoveryCode.objects.exists()
        client.post("/account/app/remove/")
        assert AuditEvent.objects.filter(verb="staff.code_app_removed").count() == 1

    def test_recovery_codes_are_made_anew(self, clinician, recovery):
        client = signed_in(clinician)
        page = client.post("/account/recovery-codes/", follow=True)

        assert not set(page.context["codes"]) & set(recovery)
        assert RecoveryCode.objects.count() == codes.RECOVERY_CODES

    def test_without_a_factor_there_are_no_recovery_codes(self, clinician):
        page = signed_in(clinician).post("/account/recovery-codes/", follow=True)

        assert "Set up an app or a passkey first" in markup(page)
        assert not RecoveryCode.objects.exists()


class TestPasskeys:
    def test_is_made_and_signs_in(self, clinician):
        key = SoftKey()
        client = signed_in(clinician)
        assert add_key(client, key).status_code == 302
        assert Passkey.objects.get(staff=clinician).name == "Blue key"

        later = half_way(clinician)
        options = later.get(SECOND).context["ways"].passkey_options
        later.post(SECOND, {"proof_passkey": key.used(options)})

        assert is_in(later)
        assert Passkey.objects.get().sign_count == key.count

    def alone(self, key, *, seen, origin="http://testserver", **more):
        """A browser that tries to come in by a key and nothing else."""
        client = Client()
        options = client.get(ALONE).context["ways"].passkey_options
        answer = key.used(options, origin, seen=seen)
        return client, client.post(ALONE, {"proof_passkey": answer, **more})

    def test_signs_in_alone_where_it_has_seen_its_person(self, clinician):
        key = SoftKey()
        add_key(signed_in(clinician), key)
        client, answer = self.alone(key, seen=True, next="/people/")

        assert answer.url == "/people/"
        assert is_in(client)
        assert client.get(ALONE).url == "/"

    def test_a_mere_touch_is_not_enough_alone(self, clinician):
        key = SoftKey()
        add_key(signed_in(clinician), key)
        client, answer = self.alone(key, seen=False)

        assert answer.status_code == 400
        assert "was not taken" in markup(answer)
        assert not is_in(client)
        assert not FactorTries.objects.filter(failures__gt=0).exists()

    def test_a_key_of_nobody_and_of_who_left_get_the_same_answer(self, clinician):
        key = SoftKey()
        add_key(signed_in(clinician), key)
        clinician.is_active = False
        clinician.save()

        for one in (key, SoftKey(b"of nobody")):
            _, answer = self.alone(one, seen=True)
            assert answer.status_code == 400
            assert "was not taken" in markup(answer)
        assert Client().post(ALONE, {}).status_code == 400

    def test_a_second_one_needs_no_name_and_leaves_the_codes(self, clinician, recovery):
        key = SoftKey(b"another key")
        client = signed_in(clinician)
        options = client.get("/account/passkeys/new/").context["options"]
        answer = client.post("/account/passkeys/new/", {"made": key.made(options)})

        assert answer.url == "/account/"
        assert Passkey.objects.get().name == "Passkey"
        assert RecoveryCode.objects.count() == 10

    def test_the_same_answer_again_is_no_proof(self, clinician):
        key = SoftKey()
        add_key(signed_in(clinician), key)
        first = half_way(clinician)
        options = first.get(SECOND).context["ways"].passkey_options
        answer = key.used(options)
        first.post(SECOND, {"proof_passkey": answer})

        again = half_way(clinician)
        again.get(SECOND)
        said = again.post(SECOND, {"proof_passkey": answer})

        assert "was not taken" in markup(said)
        assert not is_in(again)

    @pytest.mark.parametrize("made", ["", "{", "[]", '{"id": 7}', "null"])
    def test_what_cannot_be_read_is_refused(self, clinician, made):
        key = SoftKey()
        client = signed_in(clinician)
        answer = client.post("/account/passkeys/new/", {"made": made})
        assert answer.status_code == 400
        assert "Make it again" in markup(answer)
        add_key(client, key)

        later = half_way(clinician)
        later.get(SECOND)
        assert later.post(SECOND, {"proof_passkey": made}).status_code == 400

    @pytest.mark.parametrize(
        "sent",
        [
            '{"id":"\\u0000"}',
            '{"id":"\\ud800"}',
            '{"id":"' + "A" * 5000 + '"}',
            "[" * 19_000,
        ],
    )
    def test_what_no_browser_says_is_refused_at_every_door(self, clinician, sent):
        """Nobody has to be known here to send it."""
        add_key(signed_in(clinician), SoftKey())
        assert Client().post(ALONE, {"proof_passkey": sent}).status_code == 400
        half = half_way(clinician)
        assert half.post(SECOND, {"proof_passkey": sent}).status_code == 400
        desk = unconfirmed(clinician)
        assert desk.post("/confirm/", {"proof_passkey": sent}).status_code == 400
        made = {"made": sent, "name": ""}
        desk = signed_in(clinician)
        assert desk.post("/account/passkeys/new/", made).status_code == 400
        assert Passkey.objects.count() == 1

    def test_another_site_gets_nothing(self, clinician):
        answer = add_key(signed_in(clinician), SoftKey(), "https://evil.example")

        assert answer.status_code == 400

    def test_one_key_belongs_to_one_person(self, clinician, prescriber):
        key = SoftKey()
        add_key(signed_in(clinician), key)

        assert add_key(signed_in(prescriber), key).status_code == 400

    def test_somebody_elses_key_opens_nothing(self, clinician, prescriber, app):
        theirs = SoftKey()
        add_key(signed_in(prescriber), theirs)
        add_key(signed_in(clinician), SoftKey(b"mine"))
        client = half_way(clinician)
        options = client.get(SECOND).context["ways"].passkey_options
        client.post(SECOND, {"proof_passkey": theirs.used(options)})

        assert not is_in(client)

    def test_is_taken_however_many_codes_were_wrong(self, clinician, app):
        key = SoftKey()
        add_key(signed_in(clinician), key)
        for _ in range(5):
            proof = Proof(CODE, "000000")
            prove(staff=clinician, proof=proof, at=timezone.now())
        client = half_way(clinician)
        options = client.get(SECOND).context["ways"].passkey_options
        client.post(SECOND, {"proof_passkey": key.used(options)})

        assert is_in(client)

    def test_is_removed_once(self, clinician, clinic):
        add_key(signed_in(clinician), SoftKey())
        key = Passkey.objects.get()
        signed_in(clinician).post(f"/account/passkeys/{key.pk}/remove/")

        assert not Passkey.objects.exists()
        with pytest.raises(Gone):
            factors.remove_passkey(
                staff=clinician,
                clinic=clinic,
                key=key,
                is_needed=False,
                at=timezone.now(),
            )


class TestWhoNeedsOne:
    def ask(self, clinic, since, roles=(Role.CLINICIAN,)):
        Clinic.objects.filter(pk=clinic.pk).update(
            factor_required_roles=list(roles), factor_required_from=since
        )

    def test_is_led_there_before_anything_else(self, clinic, as_clinician):
        self.ask(clinic, clinic_today())

        for path in ("/people/", "/", "/permissions/"):
            assert as_clinician.get(path).url == "/account/second-step/"
        assert as_clinician.post("/people/", {"q": "x"}).status_code == 302
        page = markup(as_clinician.get("/account/second-step/"))
        assert "asks for one" in page
        assert as_clinician.get("/account/app/").status_code == 200

    def test_goes_on_once_it_is_set_up(self, clinic, as_clinician):
        self.ask(clinic, clinic_today())
        page = as_clinician.get("/account/app/")
        secret = page.context["secret"].replace(" ", "")
        as_clinician.post("/account/app/", {"code": code(secret)})

        assert as_clinician.get("/people/").status_code == 200

    def test_until_the_day_it_is_only_said(self, clinic, as_clinician):
        self.ask(clinic, clinic_today() + dt.timedelta(days=1))

        assert as_clinician.get("/people/").status_code == 200
        assert "you need a second step" in markup(as_clinician.get("/account/"))

    def test_is_said_at_sign_in_too(self, clinic, clinician):
        self.ask(clinic, clinic_today() + dt.timedelta(days=1))

        page = half_way(clinician).get("/", follow=True)
        assert "on you need a second step: set it up" in markup(page)

    def test_other_roles_go_on(self, clinic, as_care_manager):
        self.ask(clinic, clinic_today())

        assert as_care_manager.get("/people/").status_code == 200
        page = markup(as_care_manager.get("/account/second-step/"))
        assert "beside your password" in page

    def test_the_last_one_is_not_removed(self, clinic, clinician, app):
        self.ask(clinic, clinic_today())
        client = signed_in(clinician)
        client.post("/account/app/remove/")

        assert CodeApp.objects.exists()
        assert client.get("/people/").status_code == 200

    def test_the_last_of_two_is(self, clinic, clinician, app):
        self.ask(clinic, clinic_today())
        client = signed_in(clinician)
        add_key(client, SoftKey())
        client.post("/account/app/remove/")

        assert not CodeApp.objects.exists()

    def test_an_admin_says_who_and_from_when(self, clinic, as_admin):
        day = clinic_today() + dt.timedelta(days=14)
        page = as_admin.get("/staff/second-step/")
        shown = page.context["form"].fields["shown"].initial
        sent = {"roles": ["prescriber"], "grace_until": day, "shown": shown}
        as_admin.post("/staff/second-step/", sent)

        clinic.refresh_from_db()
        assert clinic.factor_required_roles == ["prescriber"]
        assert clinic.factor_required_from == day
        event = AuditEvent.objects.get(verb="clinic.factor_policy_set")
        assert event.facts["roles"] == ["prescriber"]
        stale = as_admin.post("/staff/second-step/", {**sent, "roles": ["admin"]})
        assert stale.status_code == 409

        shown = as_admin.get("/staff/second-step/").context["form"]["shown"].value()
        as_admin.post("/staff/second-step/", {"shown": shown})
        clinic.refresh_from_db()
        assert clinic.factor_required_roles == []

    def test_roles_without_a_day_are_refused(self, as_admin):
        answer = as_admin.post("/staff/second-step/", {"roles": ["admin"]})

        assert answer.status_code == 400
        assert "Say from which day on" in markup(answer)

    @pytest.mark.parametrize("days", [91, 3_000_000])
    def test_the_grace_has_an_end(self, as_admin, days, clinic):
        day = dt.date.fromordinal(min(clinic_today().toordinal() + days, 3652059))
        shown = as_admin.get("/staff/second-step/").context["form"]["shown"].value()
        sent = {"roles": ["admin"], "grace_until": day, "shown": shown}
        answer = as_admin.post("/staff/second-step/", sent)

        assert answer.status_code == 400
        assert "90 days" in markup(answer)
        clinic.refresh_from_db()
        assert clinic.factor_required_roles == []

    def test_what_is_in_force_gets_no_new_grace(self, clinic, as_admin, app):
        """It would let in by the password alone whoever has waited so far."""
        self.ask(clinic, clinic_today() - dt.timedelta(days=3))
        shown = as_admin.get("/staff/second-step/").context["form"]["shown"].value()
        later = clinic_today() + dt.timedelta(days=30)
        sent = {"roles": ["clinician"], "grace_until": later, "shown": shown}
        answer = as_admin.post("/staff/second-step/", sent)

        assert answer.status_code == 400
        assert "in force" in markup(answer)


class TestReset:
    def reset(self, client, staff):
        return client.post(f"/staff/{staff.pk}/reset-second-step/", follow=True)

    def test_a_colleague_starts_anew_and_is_told(
        self, as_admin, clinic, clinician, recovery
    ):
        desk = signed_in(clinician)
        assert "Reset second step" in markup(as_admin.get(f"/staff/{clinician.pk}/"))
        self.reset(as_admin, clinician)

        assert not CodeApp.objects.exists()
        assert not RecoveryCode.objects.exists()
        assert not is_in(desk)
        assert is_in(half_way(clinician))
        told = [mail.subject for mail in account_mails(clinic)]
        assert "Your second steps were taken away" in told
        assert AuditEvent.objects.filter(verb="staff.factors_reset").count() == 1

    def test_nobody_resets_their_own(self, as_admin, admin):
        page = self.reset(as_admin, admin)

        assert "Another admin" in markup(page)
        assert not AuditEvent.objects.filter(verb="staff.factors_reset").exists()

    def test_an_admins_reach_ends_at_the_border(
        self, as_admin, other_clinic, clinician, app
    ):
        Membership.objects.create(
            staff=clinician, clinic=other_clinic, role=Role.CLINICIAN
        )
        page = self.reset(as_admin, clinician)

        assert "another clinic" in markup(page)
        assert CodeApp.objects.exists()


class TestSealing:
    def test_an_older_key_opens_and_the_newest_seals(self, settings):
        old, new = "an old key", "a new key"
        settings.FACTOR_KEYS = [old]
        sealed = sealing.seal("secret")
        settings.FACTOR_KEYS = [new, old]
        assert sealing.opened(sealed) == "secret"

        again = sealing.sealed_again(sealed)
        settings.FACTOR_KEYS = [new]
        assert sealing.opened(again) == "secret"
        for act in (sealing.opened, sealing.sealed_again):
            with pytest.raises(sealing.CannotOpen):
                act(sealed)


def test_a_mail_says_nothing_clinical_and_never_the_link_in_its_row(clinic, clinician):
    at = timezone.now()
    for kind in AccountMail.Kind:
        row = {"clinic": clinic, "staff": clinician, "kind": kind, "at": at}
        AccountMail.objects.create(**row)
    sent = account_mails(clinic)

    assert len(sent) == len(AccountMail.Kind)
    assert all(mail.to == [clinician.email] for mail in sent)
    assert not account_mails(clinic)


class TestCommands:
    def run(self, name, *given):
        out = StringIO()
        call_command(name, *given, stdout=out)
        return out.getvalue()

    def test_the_newest_key_seals_all(self, app, settings):
        older = settings.FACTOR_KEYS
        settings.FACTOR_KEYS = ["a newer key", *older]
        assert "1 sealed" in self.run("seal_again")

        settings.FACTOR_KEYS = ["a newer key"]
        app.refresh_from_db()
        assert sealing.opened(app.sealed) == SECRET
        settings.FACTOR_KEYS = ["a third key"]
        with pytest.raises(CommandError, match="Nothing was changed"):
            self.run("seal_again")

    def test_who_works_at_two_clinics_is_reset_from_the_server(
        self, clinic, other_clinic, clinician, recovery
    ):
        Membership.objects.create(
            staff=clinician, clinic=other_clinic, role=Role.CLINICIAN
        )
        assert "Taken away" in self.run("reset_factors", clinician.email.upper())

        assert not CodeApp.objects.exists()
        told = [mail.subject for mail in account_mails(clinic)]
        assert "Your second steps were taken away" in told
        with pytest.raises(CommandError, match="Nobody"):
            self.run("reset_factors", "nobody@clinic.example")
