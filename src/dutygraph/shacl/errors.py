"""The one error tree of the validator.

ShaclError
├── DataError          the data graph cannot be read, or a named graph is not there
├── TimeLimitError     the caller's time limit was reached; nothing may be concluded about the data
├── ShapeError         a shape is ill-formed (names the shape, the property and the clause)
├── UnsupportedError   a shape is well-formed but this engine cannot run it (names shape and component)
└── EngineError        the engine failed while running; nothing may be concluded about the data
"""

from __future__ import annotations

from functools import partial


class ShaclError(Exception):
    """Base of everything this package raises on purpose."""


class DataError(ShaclError):
    """The data graph cannot be read."""


class TimeLimitError(ShaclError):
    """The time limit of the caller was reached: there is no report, so the data is neither good nor bad."""

    def __init__(self, seconds: float) -> None:
        """State the limit that was reached."""
        self.seconds = seconds
        super().__init__(f"not done after {seconds:g} seconds")

    def __reduce__(self) -> tuple[object, ...]:
        """Let it pass between processes."""
        return type(self), (self.seconds,)


class EngineError(ShaclError):
    """A "failure" (SHACL 3.4.2): there is no report, so the data is neither good nor bad."""


class ShapeError(ShaclError):
    """A shape breaks a syntax rule of SHACL.

    `shape`, `prop` and `clause` say which shape, which of its properties, and which clause of the
    specification.
    """

    def __init__(self, message: str, *, shape: str, prop: str = "", clause: str = "") -> None:
        """State what is wrong with `prop` of `shape`."""
        self.shape, self.prop, self.clause = shape, prop, clause
        self._message = message
        where = f"shape {shape}" + (f", {prop}" if prop else "")
        super().__init__(f"{where}: {message}" + (f" (SHACL {clause})" if clause else ""))

    def __reduce__(self) -> tuple[object, ...]:
        """Let it pass between processes."""
        again = partial(type(self), shape=self.shape, prop=self.prop, clause=self.clause)
        return again, (self._message,)


class UnsupportedError(ShaclError):
    """A shape uses something the engine refuses to run, rather than skip it.

    `shape` and `component` name both.
    """

    def __init__(self, message: str, *, shape: str, component: str) -> None:
        """State why `component` of `shape` cannot be run."""
        self.shape, self.component = shape, component
        self._message = message
        super().__init__(f"shape {shape}, {component}: {message}")

    def __reduce__(self) -> tuple[object, ...]:
        """Let it pass between processes."""
        return partial(type(self), shape=self.shape, component=self.component), (self._message,)
