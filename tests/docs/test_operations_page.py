"""docs/operations.md and deploy/: every setting, every command and every path in them is a real one."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from dutygraph.cli.app import COMMANDS
from dutygraph.service.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DEPLOY = ROOT / "deploy"


def table() -> dict[str, tuple[str, str]]:
    """Return the page's settings: default as shown, meaning."""
    part = PAGE.partition("## 设置 / Settings")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", part, re.MULTILINE)
    return {name: (default, meaning) for name, default, meaning in rows}


def shown(default: object) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return f"`{', '.join(default)}`"
    return "（空）" if default == "" else f"`{default}`"


def test_every_setting_is_on_the_page_with_its_default_and_meaning() -> None:
    listed = table()
    assert set(listed) == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        default, meaning = listed[name]
        unset = field.is_required() or field.default is None
        assert default == ("—" if unset else shown(field.default)), name
        assert meaning == f"{field.title} / {field.description}", name


def test_every_command_on_the_page_is_one() -> None:
    commands = set(re.findall(r"(?:^|`|bin/)dutygraph ([a-z]+)", PAGE, re.MULTILINE))
    assert {"backup", "restore", "doctor", "serve", "upgrade", "account", "load", "audit"} <= commands
    assert commands - {"account"} <= set(COMMANDS)


def test_every_file_that_the_page_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def test_the_example_settings_are_settings(tmp_path: Path) -> None:
    file = DEPLOY / "settings.toml"
    loaded = load_settings(file)

    given = tomllib.loads(file.read_text(encoding="utf-8"))
    assert given
    assert loaded.is_loopback
    assert loaded.store == Path(given["store"])
    assert tmp_path.exists()


def test_the_dockerfile_runs_as_nobody_special_and_names_real_settings() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["8046:8046"]
    named = {name.lower() for name in re.findall(r"DUTYGRAPH_(\w+)=", text)}
    assert named
    assert named <= set(Settings.model_fields)


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd here")
    units = []
    for unit in DEPLOY.glob("dutygraph*.*"):
        text = unit.read_text(encoding="utf-8").replace("/opt/dutygraph/bin/dutygraph", "/bin/true")
        units.append(tmp_path / unit.name)
        units[-1].write_text(text, encoding="utf-8")

    done = subprocess.run(
        [analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )

    assert len(units) == 3
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_image_is_built_from_is_all_that_the_build_needs_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    assert lines[0] == "*"
    taken = {line.removeprefix("!") for line in lines if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {folder.partition("/")[0] for folder in project["tool"]["setuptools"]["package-dir"].values()}
    files = {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    assert taken == folders | files
