"""`csrf_token` of this house: the token against forgery, and the once-only token.

Registered as a builtin in place of Django's tag, so that no form can lack it.
"""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.once import FIELD, fresh_token

register = template.Library()


class OnceNode(CsrfTokenNode):
    def render(self, context: Context) -> SafeString:
        once = format_html(
            '<input type="hidden" name="{}" value="{}">', FIELD, fresh_token()
        )
        return format_html("{}{}", super().render(context), once)


@register.tag(name="csrf_token")
def once_token(_parser: Parser, _token: Token) -> OnceNode:
    return OnceNode()
