from django import template

from patients.telephones import dialled

register = template.Library()

register.filter("dialled", dialled)
