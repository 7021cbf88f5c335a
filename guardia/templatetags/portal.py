"""Forms of a case's page: where an act is posted, and what was written there before it was refused."""

from django import template

register = template.Library()


@register.simple_tag
def act_url(visitor, name: str) -> str:
    """Where this act of the page is posted."""
    return visitor.act(name)


@register.simple_tag
def typed_value(sent, act: str, name: str, field: str) -> str:
    """What was written in this field of the act that was refused; nothing for another act."""
    return sent.get(field, "") if act == name else ""
