"""The filter `sheet`: the made-up words of /design/ in the language of the page."""

from django.template import Library

from tinhso.web.sheet import said

register = Library()
register.filter("sheet", said)
