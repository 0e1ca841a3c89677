"""The settings of a running service: environment variables DUTYGRAPH_…, and a TOML file.

What is given on the command line goes before the environment, the environment before the file, the file
before the default. Every setting has a title in Chinese and a description in English; docs/operations.md
lists them, and a test compares.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from dutygraph.model import Text
from dutygraph.service.addresses import is_loopback
from dutygraph.service.environment import PREFIX, refusal, unknown_variables
from dutygraph.service.validation import validation_text
from dutygraph.store import DEFAULT_BASE

_MEBIBYTE = 1024 * 1024


class SettingsError(Exception):
    """A setting is wrong; ``text`` says which, what was expected, and where it is set."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


def _setting(default: Any, zh: str, en: str, **limits: Any) -> Any:
    return Field(default, title=zh, description=en, **limits)


class Settings(BaseSettings):
    """All that can be set. Names in the environment are DUTYGRAPH_ and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, validate_default=True)

    store: Path = Field(title="图库文件夹（必填）", description="The store folder (required)")
    base: str = _setting(DEFAULT_BASE, "数据标识前缀", "The base IRI of data")
    language: Literal["zh", "en"] = _setting(
        "zh", "缺省语言，请求未说明时使用", "The language where a request asks for none"
    )

    host: str = _setting(
        "127.0.0.1", "监听地址；缺省仅限本机", "The address to listen on; default: this machine only"
    )
    port: int = _setting(8046, "端口", "The port", ge=1, le=65535)
    public: bool = _setting(
        default=False,
        zh="允许监听本机以外的地址（前面须有TLS代理）",
        en="Allow an address other than this machine's (behind a TLS proxy)",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = _setting(
        ("localhost", "127.0.0.1", "[::1]"),
        "允许的主机名（环境变量中用逗号分隔），*.例 表示其下各级；* 表示任何主机名",
        "Host names that are answered to (with commas in the environment); *.example means all below it, * "
        "means any",
    )
    root_path: str = _setting(
        "",
        "代理转来的路径前缀，如 /dutygraph",
        "The path under which a proxy publishes the service",
    )
    forwarded_allow_ips: str = _setting(
        "",
        "可信代理的地址，逗号分隔；只信这些地址的 X-Forwarded-* 头",
        "Addresses of trusted proxies, with commas; X-Forwarded-* headers are believed from these alone",
    )
    https_only: bool = _setting(
        default=False,
        zh="只经HTTPS对外（加 Strict-Transport-Security 头）",
        en="Published over HTTPS only (adds Strict-Transport-Security)",
    )

    secret_file: Path | None = _setting(
        None,
        "令牌签名密钥文件；缺省为图库文件夹内的 secret.key，首次启动时生成",
        "The file of the key that signs tokens; default: secret.key in the store folder, made at first start",
    )
    session_hours: float = _setting(
        10.0, "登录有效时长（小时）", "How long a session lasts, in hours", gt=0, le=24 * 31
    )
    session_idle_minutes: float = _setting(
        30.0,
        "登录后闲置多久即失效（分钟），程序令牌不受此限",
        "How long a session may go unused, in minutes; tokens of programs are not limited so",
        ge=1,
        le=60 * 24 * 31,
    )
    token_days: int = _setting(
        365, "程序令牌的最长有效期（天）", "The longest life of a program's token, in days", ge=1, le=3650
    )
    password_length: int = _setting(12, "密码最短长度", "The least length of a password", ge=8, le=128)
    sign_in_attempts: int = _setting(
        5, "登录失败几次后开始限速", "Failures to sign in before delays begin", ge=1, le=100
    )
    sign_in_longest_delay: int = _setting(
        900,
        "登录限速的最长等待（秒）",
        "The longest delay between attempts to sign in, in seconds",
        ge=1,
        le=86_400,
    )

    body_limit: int = _setting(
        _MEBIBYTE,
        "请求内容上限（字节），导入除外",
        "The largest body of a request, in bytes, imports apart",
        ge=1024,
    )
    upload_limit: int = _setting(
        50 * _MEBIBYTE, "导入文件上限（字节）", "The largest file to import, in bytes", ge=1024
    )
    header_seconds: float = _setting(
        20.0, "请求头须在几秒内到齐", "Seconds within which a request's headers must arrive", gt=0, le=600
    )
    body_seconds: float = _setting(
        60.0,
        "请求内容停顿几秒即放弃",
        "Seconds without any of a request's body after which it is given up",
        gt=0,
        le=3600,
    )
    stop_seconds: int = _setting(
        30,
        "停止服务时最多等几秒让请求办完",
        "Seconds that requests under way are given at a stop",
        ge=0,
        le=3600,
    )

    views_memory: int = _setting(
        1024 * _MEBIBYTE,
        "各角色视图在内存中的上限（字节，估算），超出时先放弃最久未用的",
        "The memory for what each role sees, in bytes, estimated; beyond it the longest unused is let go",
        ge=64 * _MEBIBYTE,
    )

    sparql_seconds: float = _setting(
        30.0, "一次SPARQL查询的时限（秒）", "The time limit of a SPARQL query, in seconds", gt=0, le=3600
    )
    sparql_rows: int = _setting(
        100_000, "一次SPARQL查询的行数上限", "The most rows of a SPARQL answer", ge=1, le=100_000_000
    )
    sparql_workers: int = _setting(
        2, "SPARQL查询进程数", "The number of SPARQL worker processes", ge=1, le=64
    )
    sparql_bytes: int = _setting(
        100 * _MEBIBYTE,
        "一次SPARQL查询的结果上限（字节）",
        "The largest SPARQL answer, in bytes",
        ge=1024,
    )
    sparql_memory: int = _setting(
        1024 * _MEBIBYTE,
        "每个SPARQL查询进程的内存上限（字节）",
        "The memory that a SPARQL worker process may take, in bytes",
        ge=64 * _MEBIBYTE,
    )
    sparql_waiting: int = _setting(
        8,
        "一个账号同时在办（含等待）的SPARQL查询上限",
        "The most SPARQL queries of one account that run or wait",
        ge=1,
        le=1000,
    )

    backup_folder: Path | None = _setting(
        None,
        "备份文件夹；缺省须在命令中写明",
        "The folder of backups; by default the command must name one",
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "日志级别", "The least grave messages in the log"
    )
    log_format: Literal["json", "text"] = _setting(
        "json",
        "日志格式：json 每行一条，text 供人阅读",
        "The form of the log: json, a line each, or text to read",
    )

    @field_validator("root_path")
    @classmethod
    def _begins_with_a_slash(cls, given: str) -> str:
        if re.fullmatch(r"(/[^?#]*[^/?#])?", given) is None:
            raise PydanticCustomError("root_path_form", "root_path begins with a slash and ends with none")
        return given

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _with_commas(cls, given: Any) -> Any:
        return tuple(filter(None, map(str.strip, given.split(",")))) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _upload_is_no_less(self) -> Self:
        if self.upload_limit < self.body_limit:
            raise PydanticCustomError("upload_below_body", "upload_limit is less than body_limit")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what is given, the environment, then what ``load_settings`` took from a file."""
        given = dict(init_settings())
        from_file = given.pop(_FROM_FILE, {})
        return (
            InitSettingsSource(settings_cls, given),
            env_settings,
            InitSettingsSource(settings_cls, from_file),
        )

    @property
    def secret_path(self) -> Path:
        """Where the key that signs tokens stands."""
        return self.secret_file or self.store / "secret.key"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)


_FROM_FILE = "from_file"


def load_settings(file: Path | None = None, **given: Any) -> Settings:
    """Return the settings; what is given as None counts as not given.

    Raises:
        SettingsError: the file cannot be read, or a setting or a variable is unknown or wrong.

    """
    unknown = unknown_variables(os.environ, Settings.model_fields)
    if unknown:
        raise SettingsError(refusal(unknown, Settings.model_fields))
    there: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    there[_FROM_FILE] = {} if file is None else _read(file)
    try:
        return Settings(**there)
    except ValidationError as error:
        raise SettingsError(_said(error)) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = Text(
            f"设置文件“{file}”无法读取：{error}。须为UTF-8编码的TOML文件。",
            f"The settings file {file} cannot be read: {error}. It must be TOML in UTF-8.",
        )
        raise SettingsError(said) from error
    unknown = sorted(set(found) - set(Settings.model_fields))
    if unknown:
        said = Text(
            f"设置文件“{file}”中有不认识的设置：{'、'.join(unknown)}。",
            f"The settings file {file} has settings that do not exist: {', '.join(unknown)}.",
        )
        raise SettingsError(said)
    return found


def _said(error: ValidationError) -> Text:
    zh, en = [], []
    for found in error.errors():
        said = validation_text(found)
        name = str(found["loc"][0]) if found["loc"] else ""
        field = Settings.model_fields.get(name)
        if field is None:
            zh.append(said.zh)
            en.append(said.en)
        else:
            zh.append(f"{name}（{field.title}；环境变量 {PREFIX}{name.upper()}）：{said.zh}")
            en.append(f"{name} ({field.description}; environment {PREFIX}{name.upper()}): {said.en}")
    return Text(f"设置有误：{''.join(zh)}", f"Wrong settings: {' '.join(en)}")
