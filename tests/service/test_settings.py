"""Settings: from where, in which order, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutygraph.service.addresses import is_loopback
from dutygraph.service.settings import Settings, SettingsError, load_settings


def test_each_setting_is_described_in_both_languages_and_has_a_default() -> None:
    for name, field in Settings.model_fields.items():
        assert any("一" <= character <= "鿿" for character in field.title or ""), name
        assert field.description, name
        assert field.is_required() == (name == "store"), name


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('store = "of-file"\nport = 1001\nlanguage = "en"\nsession_hours = 2\n', encoding="utf-8")
    monkeypatch.setenv("DUTYGRAPH_PORT", "1002")
    monkeypatch.setenv("DUTYGRAPH_LANGUAGE", "zh")

    settings = load_settings(file, port=1003, host=None)

    assert settings.store == Path("of-file")
    assert (settings.port, settings.language, settings.session_hours) == (1003, "zh", 2)
    assert settings.host == "127.0.0.1"
    assert settings.body_limit == 1024 * 1024


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('store = "x"\nport = 0', "port"),
        ('store = "x"\nlog_level = "loud"', "log_level"),
        ('store = "x"\nbody_limit = 4096\nupload_limit = 2048', "upload_limit"),
        ('store = "x"\npasword_length = 12', "pasword_length"),
        ('store = "x"\npassword_length = 4', "password_length"),
        ("port = 8046", "store"),
        ("port = ", "settings.toml"),
    ],
)
def test_a_wrong_setting_is_named_in_both_languages(tmp_path: Path, content: str, named: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError) as refused:
        load_settings(file)

    assert named in refused.value.text.zh
    assert named in refused.value.text.en


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="absent"):
        load_settings(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("duty.example", False),
    ],
)
def test_which_addresses_only_this_machine_reaches(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("DUTYGRAPH_SESION_HOURS", "DUTYGRAPH_SESSION_HOURS"),
        ("dutygraph_prot", "DUTYGRAPH_PORT"),
        ("DUTYGRAPH_XYZZY", None),
    ],
)
def test_a_variable_that_means_nothing_is_refused_with_the_name_that_comes_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str, near: str | None
) -> None:
    monkeypatch.setenv(name, "what may be a secret")

    with pytest.raises(SettingsError) as refused:
        load_settings(store="x")

    for said in (refused.value.text.zh, refused.value.text.en):
        assert name in said
        assert near is None or near in said.replace(name, "")
        assert "secret" not in said
    assert near is not None or "是否" not in refused.value.text.zh


def test_variables_of_the_command_line_and_of_the_tests_are_let_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DUTYGRAPH_LANG", "DUTYGRAPH_TEST_ALL", "DUTYGRAPH_TEST_STORES", "DUTYGRAPH_BENCH"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("dutygraph_port", "1004")  # case does not matter
    assert load_settings(store="x").port == 1004


def test_lists_stand_in_the_environment_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTYGRAPH_ALLOWED_HOSTS", "duty.example, 127.0.0.1,")
    assert load_settings(store="x").allowed_hosts == ("duty.example", "127.0.0.1")


def test_wrong_values_are_told_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PORT": "x", "LOG_LEVEL": "loud", "ROOT_PATH": "duty/", "PUBLIC": "ja"}.items():
        monkeypatch.setenv(f"DUTYGRAPH_{name}", value)

    with pytest.raises(SettingsError) as refused:
        load_settings(store="x")

    zh, en = refused.value.text.zh, refused.value.text.en
    assert "须为整数" in zh
    assert "须为debug、info、warning、error之一" in zh
    assert "须以 / 开头" in zh
    assert "A whole number is expected." in en
    assert not any("Input should" in said or "^" in said for said in (zh, en))
