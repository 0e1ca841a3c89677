"""Which language a caller reads: Chinese, unless English is asked for (RFC 9110, section 12.5.4)."""

from __future__ import annotations

from starlette.requests import HTTPConnection

DEFAULT_LANGUAGE = "zh"
LANGUAGES = ("zh", "en")
_MOST_RANGES = 20  # more is no wish but an attack


def language_of(request: HTTPConnection) -> str:
    """Return ``zh`` or ``en``, by the Accept-Language header, else by the service's setting."""
    settings = getattr(request.app.state, "settings", None) if "app" in request.scope else None
    default = settings.language if settings is not None else DEFAULT_LANGUAGE
    return preferred(request.headers.get("accept-language", ""), default)


def preferred(header: str, default: str = DEFAULT_LANGUAGE) -> str:
    """Return the language of ours that an Accept-Language header weighs highest; the first of equals."""
    best, best_weight = default, 0.0
    for part in header.split(",")[:_MOST_RANGES]:
        tag, _, parameters = part.strip().partition(";")
        language = default if tag == "*" else tag.lower().split("-")[0]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
