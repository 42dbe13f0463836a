"""The one-port edge: the same paths as in production, routed to the four services. It only routes."""

from casetrail_embedded.gateway.app import Gateway, create_gateway
from casetrail_embedded.gateway.routes import service_of

__all__ = ["Gateway", "create_gateway", "service_of"]
