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
        "What answers there is not an OpenID Connect provider. Write the issuer, without what follows it."
    ),
    Trouble.ISSUER: gettext_lazy("The provider calls itself %(detail)s. Write exactly that as its address."),
    Trouble.ENDPOINTS: gettext_lazy(
        "The provider lists addresses that are missing or without https: %(detail)s. Whoever runs it must fix that."
    ),
    Trouble.KEYS: gettext_lazy(
        "The provider publishes no key with which its answers can be checked (%(detail)s). Whoever runs it must "
        "fix that."
    ),
    Trouble.CLIENT: gettext_lazy(
        "The provider refuses our client identifier or secret (%(detail)s). Write them again as it gave them."
    ),
    Trouble.SECRET: gettext_lazy("The secret was encrypted with another SECRET_KEY. Write it again."),
    Trouble.STATE: gettext_lazy("Somebody came back to a window from which they had not left, or came back too late."),
    Trouble.DENIED: gettext_lazy("The provider sent somebody back without signing in (%(detail)s)."),
    Trouble.EXCHANGE: gettext_lazy(
        "The provider gave no token for its code (%(detail)s). Check the redirect address there."
    ),
    Trouble.TOKEN: gettext_lazy(
        "The provider’s token did not pass the check (%(detail)s). Check the client identifier, and the "
        "provider’s clock."
    ),
    Trouble.NO_EMAIL: gettext_lazy(
        "The provider gives no email address. Allow the scope “email” for this client there."
    ),
    Trouble.UNCHECKED: gettext_lazy(
        "The provider does not say that it has checked the mailbox (email_verified). Have it say so, or tick that a "
        "mailbox of its domains counts as checked."
    ),
    Trouble.DOMAIN: gettext_lazy(
        "Somebody tried to sign in with an email address of another domain (%(detail)s). Add the domain if it "
        "is the company’s."
    ),
    Trouble.NOBODY: gettext_lazy(
        "Somebody who is not a contact of the company tried to sign in. Add the contact, with that email address."
    ),
}
DOUBTS: dict[str, Promise] = {
    "unchecked": gettext_lazy(
        "It does not list email_verified. If nobody can sign in, tick that a mailbox in its domains counts as verified."
    ),
    "pkce": gettext_lazy("It does not list PKCE (S256). It is still requested."),
}


def for_visitor(trouble: Trouble) -> str:
    """What to do, without what is only the administrator's to know."""
    if trouble is Trouble.STATE:
        return _("This answer does not belong to the window in which you began, or it took too long. Begin again.")
    if trouble is Trouble.DENIED:
        return _("You did not finish at your company’s sign-in. Begin again.")
    if trouble in {Trouble.NO_EMAIL, Trouble.UNCHECKED}:
        return _("Your company’s sign-in gave us no verified email address of yours. Tell whoever runs it there.")
    if trouble in {Trouble.DOMAIN, Trouble.NOBODY}:
        return _(
            "Your company knows you, but your email address is not among the contacts it has with us. Ask "
            "whoever administers its contacts, or call us."
        )
    return _("Your company’s sign-in did not answer as it should. Try again in some minutes, or call us.")


def for_administrator(trouble: Trouble, detail: str = "") -> str:
    """What is wrong, and what mends it."""
    return str(TO_MEND[trouble]) % {"detail": detail or "–"}


def of_trial(tried: Tried) -> list[str]:
    """The doubts of a trial that went well."""
    return [str(DOUBTS[doubt]) for doubt in tried.doubts]
