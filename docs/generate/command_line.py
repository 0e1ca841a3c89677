"""``command-line.md``: every command, argument and option, read from the functions themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from docs.generate.markdown import code, page, plain, table
from dutygraph.cli.app import app, root

OPTION_HEADINGS = ("选项 Option", "值 Value", "缺省 Default", "含义 Meaning")
ARGUMENT_HEADINGS = ("参数 Argument", "必填 Needed", "含义 Meaning")
HELP_OPTION = ("`--help` `-h`", "", "", "显示说明后退出 / show the explanation and exit")


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or option of a command: its declaration, the type of one value, its default."""

    name: str
    info: ArgumentInfo | OptionInfo
    type: Any
    many: bool
    default: Any


def document() -> str:
    """Return the whole document."""
    sections = [f"## dutygraph\n\n{_options(parameters(root))}"]
    sections.extend(_section(name, function) for name, function in commands())
    return page("command-line", sections)


def commands() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every command's words and function, those of groups last."""
    groups = [("", app), *((f"{group.name} ", group.typer_instance) for group in app.registered_groups)]
    for group, held in groups:
        for command in held.registered_commands if held is not None else ():
            if command.callback is not None:
                yield f"{group}{command.name or command.callback.__name__}", command.callback


def parameters(function: Callable[..., Any]) -> Sequence[Parameter]:
    """Return the arguments and options of a command in the order of its signature."""
    hints = get_type_hints(function, include_extras=True)
    found = []
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints[name]
        assert get_origin(hint) is Annotated, f"{function}: {name} has no typer annotation"
        kind, info = get_args(hint)[:2]
        many, one = _one(kind)
        default = None if parameter.default is inspect.Parameter.empty else parameter.default
        found.append(Parameter(name, info, one, many, default))
    return found


def option_names(parameter: Parameter) -> Sequence[str]:
    """Return how an option is written, such as ``-o`` and ``--output``."""
    # within Annotated, typer keeps the first declaration where a default would stand
    first = parameter.info.default
    declared = (*((first,) if isinstance(first, str) else ()), *(parameter.info.param_decls or ()))
    return declared or (f"--{parameter.name.replace('_', '-')}",)


def _one(kind: Any) -> tuple[bool, Any]:
    """Return whether several values are taken, and the type of one."""
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is list:
        return True, get_args(kind)[0]
    return False, kind


def _section(name: str, function: Callable[..., Any]) -> str:
    there = parameters(function)
    arguments = [p for p in there if isinstance(p.info, ArgumentInfo)]
    words = [f"dutygraph {name}", "[OPTION…]", *(p.info.metavar or p.name for p in arguments)]
    told = "\n\n".join(
        plain(" ".join(part.split())) for part in inspect.cleandoc(function.__doc__ or "").split("\n\n")
    )
    blocks = [f"## dutygraph {name}", told, f"`{' '.join(words)}`"]
    if arguments:
        rows = (
            (
                f"`{p.info.metavar or p.name}`",
                "" if p.default is None and _optional(function, p) else "必填 yes",
                _help(p),
            )
            for p in arguments
        )
        blocks.append(table(ARGUMENT_HEADINGS, rows))
    blocks.append(_options(there))
    return "\n\n".join(blocks)


def _optional(function: Callable[..., Any], parameter: Parameter) -> bool:
    return inspect.signature(function).parameters[parameter.name].default is not inspect.Parameter.empty


def _options(there: Sequence[Parameter]) -> str:
    options = [p for p in there if isinstance(p.info, OptionInfo)]
    return table(OPTION_HEADINGS, (*map(_option, options), HELP_OPTION))


def _option(parameter: Parameter) -> tuple[str, ...]:
    flag = parameter.type is bool
    default = "" if flag or parameter.default is None else f"`{_shown(parameter.default)}`"
    value = "" if flag else code(_values(parameter))
    return (
        code(option_names(parameter)),
        value + (" 可重复 repeatable" if parameter.many else ""),
        default,
        _help(parameter),
    )


def _values(parameter: Parameter) -> Sequence[str]:
    if isinstance(parameter.type, type) and issubclass(parameter.type, Enum):
        return [str(word.value).lower() for word in parameter.type]
    return [parameter.info.metavar or parameter.type.__name__.upper()]


def _shown(default: Any) -> str:
    return str(default.value if isinstance(default, Enum) else default)


def _help(parameter: Parameter) -> str:
    variable = parameter.info.envvar
    told = plain(parameter.info.help or "")
    return f"{told}（环境变量 environment variable `{variable}`）" if variable else told
