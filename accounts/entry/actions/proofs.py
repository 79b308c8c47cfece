"""Proofs that it is this person: counted where they are wrong, used once where right."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.contrib.auth.hashers import check_password
from django.db import transaction

from accounts import audit
from accounts.entry import codes, mail, passkeys, sealing
from accounts.entry.passkeys import PasskeyAnswer
from accounts.entry_rows import CodeApp, FactorTries, Passkey, RecoveryCode
from accounts.models import Staff

# So many wrong ones close it for a while, twice as long each time, up to a day.
TRIES = 5
CLOSED_FOR, LONGEST_DOUBLED = timedelta(minutes=15), 6

CODE, RECOVERY, PASSWORD, PASSKEY = "code", "recovery", "password", "passkey"
WRONG = {
    CODE: "This code is not right. Wait for the next one, then type it.",
    RECOVERY: "This is none of your unused recovery codes.",
    PASSWORD: "This is not your password.",
    PASSKEY: "This passkey was not taken. Try it again, or another way.",
}
USED = "That code is used. Wait for the next one, then type it."
CLOSED = "Too many tries. Codes and passwords are taken again in {minutes} minutes."


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody sent to prove who they are: one way of four.

    A passkey `is_alone` where no password came before it: it must have seen its person
    (a finger, a face, a PIN), and not only a touch.
    """

    way: str
    typed: str = ""
    passkey: PasskeyAnswer | None = None
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class ProofResult:
    """Whether it holds; if not, the words for who sent it."""

    way: str
    refusal: str = ""

    @property
    def holds(self) -> bool:
        return not self.refusal


@transaction.atomic
def prove(*, staff: Staff, proof: Proof, at: datetime) -> ProofResult:
    """Take one proof. A wrong one is counted and written down, whoever asks for it.

    The row of tries is held meanwhile: what is sent side by side is judged one by one.
    A passkey cannot be guessed, so that it is taken however many codes were wrong and
    closes nothing.
    """
    tries, _ = FactorTries.objects.select_for_update().get_or_create(staff=staff)
    if proof.way != PASSKEY and tries.closed_until and tries.closed_until > at:
        minutes = ceil((tries.closed_until - at).total_seconds() / 60)
        return ProofResult(proof.way, CLOSED.format(minutes=minutes))
    refusal = WAYS[proof.way](staff, proof, at)
    if refusal:
        if proof.way != PASSKEY:
            _count(tries, at)
        audit.record("staff.proof_failed", staff, by=staff, at=at, way=proof.way)
        return ProofResult(proof.way, refusal)
    FactorTries.objects.filter(pk=tries.pk).update(failures=0, closed_until=None)
    audit.record("staff.proved", staff, by=staff, at=at, way=proof.way)
    return ProofResult(proof.way)


def _count(tries: FactorTries, at: datetime) -> None:
    tries.failures += 1
    rounds, more = divmod(tries.failures, TRIES)
    if not more:
        tries.closed_until = at + CLOSED_FOR * 2 ** min(rounds - 1, LONGEST_DOUBLED)
    tries.save(update_fields=["failures", "closed_until"])


def _code(staff: Staff, proof: Proof, at: datetime) -> str:
    app = CodeApp.objects.filter(staff=staff).first()
    if app is None:
        return WRONG[CODE]
    step = codes.step_of_code(sealing.opened(app.sealed), proof.typed, at=at)
    if step is None:
        return WRONG[CODE]
    if step <= app.last_step:
        return USED
    CodeApp.objects.filter(pk=app.pk).update(last_step=step)
    return ""


def _recovery(staff: Staff, proof: Proof, at: datetime) -> str:
    typed = codes.as_recovery_code(proof.typed)
    unused = RecoveryCode.objects.filter(staff=staff, used_at=None).order_by("pk")
    for code in unused if typed else ():
        if check_password(typed, code.digest):
            RecoveryCode.objects.filter(pk=code.pk).update(used_at=at)
            mail.ask_for_own(kind=mail.Kind.CODE_USED, staff=staff, at=at)
            return ""
    return WRONG[RECOVERY]


def _password(staff: Staff, proof: Proof, _: datetime) -> str:
    return "" if check_password(proof.typed, staff.password) else WRONG[PASSWORD]


def _passkey(staff: Staff, proof: Proof, at: datetime) -> str:
    answer = proof.passkey
    if answer is None:
        return WRONG[PASSKEY]
    mine = Passkey.objects.select_for_update().filter(staff=staff)
    key = mine.filter(credential=answer.credential).first()
    seen = proof.is_alone
    count = None if key is None else passkeys.proven_count(answer, key, seen=seen)
    if key is None or count is None:
        return WRONG[PASSKEY]
    Passkey.objects.filter(pk=key.pk).update(sign_count=count, last_used_at=at)
    return ""


WAYS = {CODE: _code, RECOVERY: _recovery, PASSWORD: _password, PASSKEY: _passkey}
