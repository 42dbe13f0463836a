"""How long what was filed stays locked in the object store."""

from datetime import datetime


def years_after(instant: datetime, years: int) -> datetime:
    """Return the end of a period of years; one that begins on a leap day ends on the first of March."""
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, month=3, day=1)


def lengthened(retained_until: datetime, *, sealed_years: int, years: int) -> datetime:
    """Return until when a dossier is kept whose years were changed since it was sealed; fewer years change nothing.

    Parameters
    ----------
    retained_until
        The end as it was when the dossier was sealed for `sealed_years`.
    """
    return years_after(retained_until, max(years - sealed_years, 0))
