"""Why nobody comes in by a company's provider: for whoever wanted to, and for the administrator who mends it."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.customers.provider import Tried
from guardia.customers.provider_calls import Trouble

TO_MEND: dict[Trouble, Promise] = {
    Trouble.UNREACHABLE: gettext_lazy(
        "The provider does not answer at its address (%(detail)s). Check the address, and that this server reaches it."
    ),
    Trouble.NOT_A_PROVIDER: gettext_lazy(
        "What answers there is no OpenID Connect provider. Write the issuer, without what stands after it."
    ),
    Trouble.ISSUER: gettext_lazy("The provider calls itself %(detail)s. Write exactly that as its address."),
    Trouble.ENDPOINTS: gettext_lazy(
        "The provider names addresses that are missing or without https: %(detail)s. Whoever runs it mends that."
    ),
    Trouble.KEYS: gettext_lazy(
        "The provider shows no key by which its answers could be checked (%(detail)s). Whoever runs it mends that."
    ),
    Trouble.CLIENT: gettext_lazy(
        "The provider refuses our client identifier or secret (%(detail)s). Write them again as it gave them."
    ),
    Trouble.SECRET: gettext_lazy("The secret was sealed with another SECRET_KEY. Write it again."),
    Trouble.STATE: gettext_lazy("Somebody came back who had not gone out in that window, or too late."),
    Trouble.DENIED: gettext_lazy("The provider let somebody go without signing in (%(detail)s)."),
    Trouble.EXCHANGE: gettext_lazy(
        "The provider gave no token for its code (%(detail)s). Check the address of the way back there."
    ),
    Trouble.TOKEN: gettext_lazy(
        "The provider’s token did not stand the check (%(detail)s). Check the client identifier, and its clock."
    ),
    Trouble.NO_EMAIL: gettext_lazy("The provider tells no e-mail. Allow the scope “email” for this client there."),
    Trouble.UNCHECKED: gettext_lazy(
        "The provider does not say that it has checked the mailbox (email_verified). Have it say so, or tick that a "
        "mailbox of its domains counts as checked."
    ),
    Trouble.DOMAIN: gettext_lazy(
        "Somebody came with a mailbox of another domain (%(detail)s). Add the domain if it is the company’s."
    ),
    Trouble.NOBODY: gettext_lazy("Somebody came who is no contact of the company. Add the contact, with that mailbox."),
}
DOUBTS: dict[str, Promise] = {
    "unchecked": gettext_lazy(
        "It does not list email_verified. If nobody comes in, tick that a mailbox of its domains counts as checked."
    ),
    "pkce": gettext_lazy("It does not list PKCE (S256). It is asked for all the same."),
}


def for_visitor(trouble: Trouble) -> str:
    """What to do, without what is only the administrator's to know."""
    if trouble is Trouble.STATE:
        return _("This answer is not of the window where you began, or it took too long. Begin again.")
    if trouble is Trouble.DENIED:
        return _("You did not finish at your company’s sign-in. Begin again.")
    if trouble in {Trouble.NO_EMAIL, Trouble.UNCHECKED}:
        return _("Your company’s sign-in told us no mailbox of yours that it has checked. Tell whoever runs it there.")
    if trouble in {Trouble.DOMAIN, Trouble.NOBODY}:
        return _(
            "Your company knows you, but no contact of it with us has your mailbox. Ask whoever administers its "
            "contacts, or call us."
        )
    return _("Your company’s sign-in did not answer as it should. Try again in some minutes, or call us.")


def for_administrator(trouble: Trouble, detail: str = "") -> str:
    """What is wrong, and what mends it."""
    return str(TO_MEND[trouble]) % {"detail": detail or "–"}


def of_trial(tried: Tried) -> list[str]:
    """The doubts of a trial that went well."""
    return [str(DOUBTS[doubt]) for doubt in tried.doubts]
