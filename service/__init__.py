"""The HTTP service. So far it serves what is secret to nobody: the rules, the questions, its health.

A bureau's data are not served until the service knows who asks (roles, domain section 8).
"""

from dutygraph.service.app import create_app

__all__ = ["create_app"]
