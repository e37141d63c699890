"""What the telephone provider may answer instead of what was asked, in our words: no id, no number, no body.

Never does: ask the provider (telephony does), or decide whether to try again.
"""

import requests

_STILL_IN_USE = 20009


class ProviderFault(Exception):
    """The provider did not do what was asked. `problem` is a code of workers.problems."""

    problem = "provider_unreachable"


class NotReady(ProviderFault):
    """The provider does not (yet) know the object: 404."""

    problem = "recording_not_ready"


class Refused(ProviderFault):
    """The provider refuses our account or key: 401, 403."""

    problem = "provider_refuses_key"


class Elsewhere(ProviderFault):
    """The account does not know the object, but we heard of it when another account was set: it lies there."""

    problem = "provider_account_changed"


class Unavailable(ProviderFault):
    """No answer in time, 429, 5xx, or an answer that makes no sense."""


class StillInUse(ProviderFault):
    """The provider does not erase an object while its call or message is under way (20009): later."""

    problem = "provider_still_uses_it"


class TooLarge(ProviderFault):
    """The sound or the file is larger than we accept."""

    problem = "recording_too_long"


class Damaged(ProviderFault):
    """Fewer or more bytes came than were announced, or the id is none."""

    problem = "recording_damaged"


def fault_of(status: int, text: str = "") -> ProviderFault | None:
    """What a status and body of the provider's mean; None when all is well."""
    if 200 <= status < 300:
        return None
    if f'"code":{_STILL_IN_USE}' in text.replace(" ", "") or status == 409:
        return StillInUse("the provider says that it is still in use")
    if status in (401, 403):
        return Refused(f"the provider refuses our account or key ({status})")
    if status in (404, 410):
        return NotReady(f"the provider does not know it ({status})")
    return Unavailable(f"the provider answered {status}")


def without_address(fault: requests.RequestException) -> ProviderFault:
    """The same fault without its address (which holds an id)."""
    if isinstance(fault, requests.Timeout):
        return Unavailable("the provider did not answer in time")
    if isinstance(fault, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return Damaged("the file broke off on the way")
    return Unavailable(f"the provider cannot be reached ({type(fault).__name__})")
