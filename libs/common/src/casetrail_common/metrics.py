"""What is counted and timed; one registry per process, scraped at `/metrics`."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_FAST_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds: from one database statement to the longest wait a request may have."""

HTTP_REQUESTS: Final = Histogram(
    "casetrail_http_request_seconds",
    "Duration of requests from the first byte to the last of the answer.",
    ["service", "method", "route", "status"],
    buckets=_FAST_S,
)
REFUSALS: Final = Counter("casetrail_refusals_total", "Requests refused, by the code answered.", ["code"])

FACTS_APPENDED: Final = Counter("casetrail_facts_appended_total", "Facts committed to the ledger.", ["service"])
OUTBOX_WAITING: Final = Gauge("casetrail_outbox_waiting", "Facts committed and not yet published.", ["service"])
FACTS_PUBLISHED: Final = Counter("casetrail_facts_published_total", "Facts published to the bus.", ["service"])

FACTS_FOLLOWED: Final = Counter(
    "casetrail_facts_followed_total", "Facts of other services applied.", ["service", "source"]
)
FACTS_WAITING: Final = Gauge(
    "casetrail_facts_waiting", "Facts that came before their predecessors or causes.", ["service"]
)
FACTS_PARKED: Final = Gauge("casetrail_facts_parked", "Facts parked until an operator retries.", ["service"])
FOLLOWING_DELAY: Final = Histogram(
    "casetrail_following_delay_seconds",
    "From the commit of a fact to its application here.",
    ["service", "source"],
    buckets=_FAST_S,
)

TIMERS_FIRED: Final = Counter("casetrail_timers_fired_total", "Points of periods that were reached.", ["percent"])
TIMER_LATENESS: Final = Histogram(
    "casetrail_timer_lateness_seconds",
    "From the instant at which a timer was to fire to its firing, by the clock of its agency.",
    buckets=(*_FAST_S, 60.0, 3600.0),
)
