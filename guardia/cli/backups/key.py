"""Whether a key is the one of before, without keeping it."""

from django.utils.crypto import salted_hmac


def fingerprint(key: str | None = None) -> str:
    """Sixteen letters that are the same for the same SECRET_KEY; ``key`` in place of that of the settings."""
    return salted_hmac("guardia.backup", "fingerprint", secret=key, algorithm="sha256").hexdigest()[:16]
