"""How the broker fails, in our own words."""


class BrokerUnavailableError(Exception):
    """The broker did not do what was asked, for now; the same may succeed later."""


class LayoutError(Exception):
    """A topic exists with another number of partitions than is agreed for ever: somebody else made it."""
