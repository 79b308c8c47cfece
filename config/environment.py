"""Reads settings from the environment and refuses nonsense with a sentence.

Every variable is declared here with its meaning. One that is misspelt, out of
range or of the wrong kind stops the start: a clinic should never run on a
default that somebody meant to change.
"""

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

VARIABLES = {
    "MAINSTAY_ENV": "production (the default), local or test",
    "MAINSTAY_PROCESS": "web, worker or command: how long it waits for the database; told by the code that starts it",
    "MAINSTAY_DEBUG": "yes shows Django's error pages; refused in production",
    "MAINSTAY_DATABASE_ROLE": "application (the default) or owner, for migrations",
    "MAINSTAY_LOG_LEVEL": "DEBUG, INFO (the default), WARNING or ERROR",
    "MAINSTAY_TRUSTED_PROXY_HOPS": "proxies of ours in front; 0 is the default",
    "MAINSTAY_HSTS_SECONDS": "how long browsers insist on HTTPS; a year by default",
    "MAINSTAY_HSTS_PRELOAD": "yes asks browsers to insist on HTTPS before the first visit; no by default, since it is hard to take back",
    "MAINSTAY_HEALTH_PORT": "the port on which the web server answers for its health on a thread of its own; none by default",
    "MAINSTAY_WEB_WORKERS": "processes of the web server; 2 by default",
    "MAINSTAY_WEB_THREADS": "threads of each; 4 by default",
    "MAINSTAY_SITE_URL": "the address that links in messages begin with",
    "SECRET_KEY": "at least 50 random characters",
    "MAINSTAY_FACTOR_KEYS": "keys that seal secrets of second factors, by comma, newest first; SECRET_KEY by default",
    "SECRET_KEY_FALLBACKS": "earlier keys, by comma, while they are being replaced",
    "DATABASE_URL": "postgresql:// of the application's role, which owns nothing",
    "DATABASE_OWNER_URL": "postgresql:// of the role that owns the tables",
    "DATABASE_CONN_MAX_AGE": "seconds a connection is kept; 60 by default",
    "REDIS_URL": "redis:// or rediss:// of the queue",
    "ALLOWED_HOSTS": "host names the site answers to, by comma",
    "CSRF_TRUSTED_ORIGINS": "https:// origins that may post forms, by comma",
    "EMAIL_URL": "console:, memory:, smtp:// or smtps://user:password@host:port",
    "DEFAULT_FROM_EMAIL": "the sender of every message",
    "MAINSTAY_TEXT_URL": "off: (the default), console: (not in production), memory:, or the https:// address of a text gateway",
    "MAINSTAY_TEXT_TOKEN": "what the text gateway knows the site by",
    "MAINSTAY_TEXT_REPLY_TOKEN": "what the site knows the text gateway by, at least 50 random characters; without it no replies are taken",
}

YES, NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")
SHORTEST_SECRET = 50


class SettingRefused(Exception):
    """A variable of the environment is missing or makes no sense."""


class Environment:
    """The declared variables, each read strictly."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        for name in values:
            if name.startswith("MAINSTAY_") and name not in VARIABLES:
                raise SettingRefused(
                    f"{name} is not a setting of Mainstay. Those that are: "
                    f"{', '.join(sorted(n for n in VARIABLES if n[:8] == name[:8]))}."
                )

    def text(self, name: str, default: str | None = None) -> str:
        """The value, or the default; refuses when there is neither."""
        if name not in VARIABLES:
            raise SettingRefused(f"{name} is read but not declared in VARIABLES.")
        value = self._values.get(name, "").strip()
        if not value and default is None:
            raise SettingRefused(f"{name} is not set. It is {VARIABLES[name]}.")
        return value or default or ""

    def choice(self, name: str, among: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in among:
            raise SettingRefused(
                f"{name} is {value!r}, but must be one of {', '.join(among)}."
            )
        return value

    def boolean(self, name: str, default: str) -> bool:
        value = self.text(name, default).lower()
        if value not in YES + NO:
            raise SettingRefused(f"{name} is {value!r}, but must be yes or no.")
        return value in YES

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            raise SettingRefused(f"{name} is {value!r}, but must be a whole number.")
        if not lowest <= int(value) <= highest:
            raise SettingRefused(
                f"{name} is {value}, but must be from {lowest} to {highest}."
            )
        return int(value)

    def listed(self, name: str, default: str | None = None) -> list[str]:
        value = self.text(name, default)
        return [part.strip() for part in value.split(",") if part.strip()]

    def hosts(self, name: str, default: str | None) -> list[str]:
        """Host names without scheme or path; never the wildcard."""
        found = self.listed(name, default)
        for host in found:
            if host == "*" or "/" in host or " " in host:
                raise SettingRefused(
                    f"{name} holds {host!r}: write plain host names, not a wildcard "
                    "and not an address."
                )
        return found

    def origins(self, name: str) -> list[str]:
        found = self.listed(name, "")
        for origin in found:
            if not origin.startswith(("https://", "http://")):
                raise SettingRefused(
                    f"{name} holds {origin!r}, but an origin begins with https://."
                )
        return found

    def secret(self, name: str) -> str:
        """A secret long and varied enough; its value is never repeated in the refusal."""
        return self._strong(name, self.text(name))

    def secret_or_none(self, name: str) -> str:
        """As strong where it is set; empty where it is not."""
        value = self.text(name, "")
        return self._strong(name, value) if value else ""

    def secrets(self, name: str) -> list[str]:
        """Several, each as strong; none where nothing is set."""
        return [self._strong(name, value) for value in self.listed(name, "")]

    def _strong(self, name: str, value: str) -> str:
        if len(value) < SHORTEST_SECRET or len(set(value)) < 5:
            raise SettingRefused(
                f"{name} is too weak: it needs at least {SHORTEST_SECRET} random "
                'characters, as from python -c "import secrets; '
                'print(secrets.token_urlsafe(50))".'
            )
        return value

    def address(
        self, name: str, schemes: tuple[str, ...], default: str | None = None
    ) -> str:
        """A server's address of one of `schemes`; a password in it is never repeated."""
        value = self.text(name, default)
        parts = _split(name, value)
        if parts.scheme not in schemes:
            raise SettingRefused(
                f"{name} begins with {parts.scheme or 'nothing'}:, but must begin "
                f"with {' or '.join(scheme + '://' for scheme in schemes)}."
            )
        if not parts.hostname and "host=" not in parts.query:
            raise SettingRefused(f"{name} names no host.")
        return value

    def postgres(self, name: str) -> str:
        """The address of a database on PostgreSQL, the only one that will do."""
        value = self.address(name, ("postgresql", "postgres"))
        if not urlsplit(value).path.strip("/"):
            raise SettingRefused(f"{name} names no database after the host.")
        return value

    def texter(self, name: str, default: str, *, production: bool) -> str:
        """Where text messages go: nowhere, to a gateway, or, not in production, beside."""
        value = self.text(name, default)
        if value == "off:" or (not production and value in ("console:", "memory:")):
            return value
        return self.address(name, ("https",) if production else ("https", "http"))

    def mailer(self, name: str, default: str) -> dict[str, object]:
        """What Django's MAILERS takes for the address of a mail server."""
        value = self.text(name, default)
        parts = _split(name, value)
        if parts.scheme in ("console", "memory"):
            backend = {"console": "console", "memory": "locmem"}[parts.scheme]
            return {"BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}
        self.address(name, ("smtp", "smtps"), default)
        return {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": _smtp(parts),
        }


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as reason:
        raise SettingRefused(f"{name} is not an address: {reason}.") from None
    return parts


def _smtp(parts: SplitResult) -> dict[str, object]:
    over_tls = parts.scheme == "smtps"
    given = dict(parse_qsl(parts.query))
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if over_tls else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": over_tls,
        # Sent in the clear only where somebody wrote ?starttls=no.
        "use_tls": not over_tls and given.get("starttls", "yes") in YES,
        "timeout": 10,
    }
