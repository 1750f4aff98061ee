"""
Strict component tags: what a template may write is the signature of a function.

A component is a function that returns the context of its template `web/components/<name>.html`:

    @component("chip")
    def chip(kind: Kind, text: Text, *, icon: str = "") -> dict[str, Any]: ...

makes `{% chip "ok" _("On time") %}`. Attributes it does not know, attributes it misses and constants outside a `Literal`
raise TemplateSyntaxError when the template compiles. `block=True` makes a pair of tags whose inside arrives as
`content`; `{% chip … as name %}` keeps the result in a variable instead of printing it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.template import Context, Library, Node, TemplateSyntaxError
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

register = Library()
_KEYWORD = re.compile(r"^([a-z_][a-z0-9_]*)=(.+)$", re.DOTALL)
_GIVEN = {"content", "context"}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a component accepts, read from the signature of its function."""

    name: str
    make: Callable[..., dict[str, Any] | SafeString]
    template: str
    block: bool
    positional: tuple[str, ...]
    names: frozenset[str]
    required: frozenset[str]
    choices: dict[str, frozenset[Any]] = field(default_factory=dict)
    wants: frozenset[str] = frozenset()
    """Which of `content` and `context` the function asks for; the tag gives them, the template does not."""


SPECS: dict[str, Spec] = {}


def _choices(hint: Any) -> frozenset[Any]:
    """Return the values of a Literal, also inside a union; empty when anything goes."""
    if get_origin(hint) is Literal:
        return frozenset(get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        parts = [_choices(part) for part in get_args(hint)]
        return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset()


def _spec(name: str, make: Callable[..., Any], template: str, *, block: bool) -> Spec:
    parameters = inspect.signature(make).parameters
    hints = get_type_hints(make)
    own = {key: value for key, value in parameters.items() if key not in _GIVEN}
    return Spec(
        name=name,
        make=make,
        template=template,
        block=block,
        positional=tuple(k for k, p in own.items() if p.kind is p.POSITIONAL_OR_KEYWORD),
        names=frozenset(own),
        required=frozenset(k for k, p in own.items() if p.default is p.empty),
        choices={k: found for k in own if (found := _choices(hints.get(k)))},
        wants=frozenset(_GIVEN & set(parameters)),
    )


def component[**P, R: dict[str, Any] | SafeString](
    name: str, *, block: bool = False, template: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Register a function as the tag `name`; its template is `web/components/<template or name>.html`.

    A function that returns a SafeString needs no template: for the smallest parts, printed dozens of times a page.
    """

    def decorate(make: Callable[P, R]) -> Callable[P, R]:
        spec = _spec(name, make, f"web/components/{template or name}.html", block=block)
        SPECS[name] = spec
        register.tag(name, lambda parser, token: _compile(parser, token, spec))
        return make

    return decorate


def _compile(parser: Parser, token: Token, spec: Spec) -> Node:
    bits = token.split_contents()[1:]
    target = ""
    if len(bits) > 1 and bits[-2] == "as":
        target, bits = bits[-1], bits[:-2]
    given: dict[str, FilterExpression] = {}
    for place, bit in enumerate(bits):
        match = _KEYWORD.match(bit)
        if match:
            key, value = match.groups()
        elif place < len(spec.positional):
            key, value = spec.positional[place], bit
        else:
            raise TemplateSyntaxError(f"{{% {spec.name} %}} does not take {bit!r} without a name")
        if key not in spec.names:
            known = ", ".join(sorted(spec.names))
            raise TemplateSyntaxError(f"{{% {spec.name} %}} has no attribute {key!r}; it has: {known}")
        if key in given:
            raise TemplateSyntaxError(f"{{% {spec.name} %}} got {key!r} twice")
        given[key] = parser.compile_filter(value)
    _check(spec, given)
    inside = None
    if spec.block:
        inside = parser.parse((f"end{spec.name}",))
        parser.delete_first_token()
    return ComponentNode(spec, given, inside, target)


def _check(spec: Spec, given: dict[str, FilterExpression]) -> None:
    missing = sorted(spec.required - set(given))
    if missing:
        raise TemplateSyntaxError(f"{{% {spec.name} %}} needs {', '.join(missing)}")
    for key, expression in given.items():
        allowed = spec.choices.get(key)
        constant = isinstance(expression.var, str) and not expression.filters
        if allowed and constant and expression.var not in allowed:
            options = ", ".join(sorted(map(repr, allowed)))
            raise TemplateSyntaxError(f"{{% {spec.name} %}} {key} is one of {options}, not {str(expression.var)!r}")


class ComponentNode(Node):
    """A compiled component."""

    child_nodelists = ("inside",)

    def __init__(self, spec: Spec, given: dict[str, FilterExpression], inside: NodeList | None, target: str) -> None:
        """Keep what was compiled."""
        self.spec = spec
        self.given = given
        self.inside = inside or NodeList()
        self.target = target

    def render(self, context: Context) -> SafeString:
        """Return the HTML. Raises TemplateSyntaxError for a value outside a Literal that only showed up now."""
        spec = self.spec
        values = {key: expression.resolve(context) for key, expression in self.given.items()}
        for key, allowed in spec.choices.items():
            if key in values and values[key] not in allowed:
                raise TemplateSyntaxError(f"{{% {spec.name} %}} {key} cannot be {values[key]!r}")
        if "context" in spec.wants:
            values["context"] = context
        if "content" in spec.wants:
            values["content"] = self.inside.render(context)
        made = spec.make(**values)
        html = made if isinstance(made, SafeString) else self._filled(made, context)
        if self.target:
            context[self.target] = html
            return SafeString()
        return html

    def _filled(self, data: dict[str, Any], context: Context) -> SafeString:
        assert context.template is not None
        template = context.template.engine.get_template(self.spec.template)
        inner = context.new(data)
        for key in ("csrf_token", "province"):
            if key in context:
                inner[key] = context[key]
        return mark_safe(template.render(inner).strip())  # noqa: S308 - a template has escaped it
