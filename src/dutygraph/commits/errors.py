"""What can keep a commit from being made; every error says what to do."""

from __future__ import annotations

from dutygraph.model import Problem, Text
from dutygraph.store import StoreFolderError


class UnknownBureauError(KeyError):
    """The store has no bureau of this code."""

    def __init__(self, code: str) -> None:
        """Keep the code asked for."""
        super().__init__(code)
        self.code = code
        self.text = Text(f"图库中没有单位“{code}”。", f"The store has no bureau “{code}”.")


def damaged_register(code: str, error: ValueError) -> StoreFolderError:
    """Return what to tell of a register of gaps that cannot be read."""
    return StoreFolderError(
        Text(
            f"单位“{code}”的缺口登记已损坏（{error}）。请用备份恢复：dutygraph restore",
            f"The register of gaps of bureau “{code}” is damaged ({error}). "
            "Restore a backup: dutygraph restore",
        )
    )


class GateError(Exception):
    """The structure gate refuses a change; ``problems`` are all the reasons, and nothing was stored."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep every reason."""
        super().__init__("; ".join(problem.line("en") for problem in problems))
        self.problems = problems


class StaleCommitError(Exception):
    """Somebody else has committed since the caller last looked; nothing was stored."""

    def __init__(self, code: str, expected: int, head: int) -> None:
        """Keep what the caller expected and what is there."""
        self.code, self.expected, self.head = code, expected, head
        self.text = Text(
            f"单位“{code}”已更新到第{head}次提交（您看到的是第{expected}次）。请重新读取后再改。",
            f"Bureau “{code}” is at commit {head} by now (you saw {expected}). "
            "Read it again, then change it.",
        )
        super().__init__(f"{self.text.zh} / {self.text.en}")


class UnknownCommitError(LookupError):
    """A bureau has no such commit, or none so early; ``text`` says which there are."""

    def __init__(self, code: str, asked: object, head: int) -> None:
        """Keep what to tell the user."""
        self.text = Text(
            f"单位“{code}”没有提交“{asked}”；现有第1次至第{head}次。",
            f"Bureau “{code}” has no commit “{asked}”; there are 1 to {head}.",
        )
        super().__init__(f"{self.text.zh} / {self.text.en}")


class UnknownGapError(LookupError):
    """A bureau has never had a gap of this id."""

    def __init__(self, code: str, gap: str) -> None:
        """Keep what to tell the user."""
        self.text = Text(
            f"单位“{code}”没有编号为“{gap}”的缺口。", f"Bureau “{code}” has no gap of the id “{gap}”."
        )
        super().__init__(f"{self.text.zh} / {self.text.en}")
