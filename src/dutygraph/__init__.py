"""责任图谱 Dutygraph: who must supervise what, and where nobody does."""

__version__ = "0.1.0"
