"""What Prometheus is told: technical figures by route and status, never by bureau or person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from dutygraph import __version__

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Measures:
    """The measures of one running service, in a registry of its own."""

    def __init__(self) -> None:
        """Register them."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        Gauge("dutygraph_version_info", "版本 / Version", ["version"], registry=self.registry).labels(
            __version__
        ).set(1)
        self._requests = Counter(
            "dutygraph_requests",
            "请求数 / Requests answered",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "dutygraph_request_seconds",
            "请求耗时（秒） / Seconds that answers took",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.under_way = Gauge(
            "dutygraph_requests_under_way", "办理中的请求 / Requests under way", registry=self.registry
        )
        self.commits = Counter("dutygraph_commits", "提交数 / Commits made", registry=self.registry)
        self.store_failures = Counter(
            "dutygraph_store_failures",
            "图库读写失败的请求数 / Requests that failed for the store",
            ["kind"],
            registry=self.registry,
        )
        self.sign_ins = Counter(
            "dutygraph_sign_ins", "登录次数 / Attempts to sign in", ["outcome"], registry=self.registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered. *route* is the template of a path, never the path."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def exposition(self) -> bytes:
        """Return all measures in Prometheus' text format."""
        return generate_latest(self.registry)
