"""Settings from the environment: which values are valid, which win, and that every fault is named at once."""

from pathlib import Path

import pytest

from events.errors import SettingsError
from events.process.environment import Environment, read_environment

SECRET = "wsec_6b1f0a29"
WHAT = "the HMAC secret that ElevenLabs shows"


def faults_of(environment: Environment) -> list[str]:
    try:
        environment.check()
    except SettingsError as error:
        return error.faults
    return []


@pytest.fixture
def dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `.env` file, with an environment that sets nothing of its own."""
    for name in ("ELAOMS_A", "ELAOMS_B", "ELAOMS_C"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".env"


def test_file_fills_in_what_the_environment_does_not_say(dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable comes from `.env` only where the environment does not hold it."""
    dotenv.write_text('ELAOMS_A="from file"\nELAOMS_B="from file"\n')
    monkeypatch.setenv("ELAOMS_B", "from environment")
    monkeypatch.setenv("ELAOMS_C", "from environment")
    variables = read_environment(dotenv)
    assert [variables[f"ELAOMS_{letter}"] for letter in "ABC"] == ["from file", "from environment", "from environment"]


def test_file_need_not_be_there(dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a `.env` only the environment counts."""
    monkeypatch.setenv("ELAOMS_A", "from environment")
    assert read_environment(dotenv)["ELAOMS_A"] == "from environment"


def test_file_is_looked_for_where_the_program_starts(dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an explicit path, `.env` is the one in the working folder."""
    dotenv.write_text('ELAOMS_A="from file"\n')
    monkeypatch.chdir(dotenv.parent)
    assert read_environment()["ELAOMS_A"] == "from file"


def test_dollar_sign_in_a_file_is_itself(dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret may hold a dollar sign: the reader interpolates nothing."""
    monkeypatch.setenv("ELAOMS_B", "oops")
    dotenv.write_text('ELAOMS_A="a${ELAOMS_B}$ELAOMS_B"\n')
    assert read_environment(dotenv)["ELAOMS_A"] == "a${ELAOMS_B}$ELAOMS_B"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-be"])
def test_file_in_another_encoding_is_a_fault(dotenv: Path, encoding: str) -> None:
    """A `.env` that an editor saved as anything but UTF-8 is a fault of the settings, which says what to do."""
    dotenv.write_bytes('ELAOMS_A="Grüß Gott, Łukasz"\n'.encode(encoding, "replace"))
    with pytest.raises(SettingsError, match=r"^\.env is not UTF-8 .*: save it as UTF-8$"):
        read_environment(dotenv)


@pytest.mark.parametrize("written", [b"\xef\xbb\xbfELAOMS_A=a\nELAOMS_B=b\n", b"ELAOMS_A=a\r\nELAOMS_B=b\r\n"])
def test_file_of_a_windows_editor_is_read(dotenv: Path, written: bytes) -> None:
    """A byte order mark and the line ends of Windows belong to no name and to no value."""
    dotenv.write_bytes(written)
    variables = read_environment(dotenv)
    assert [variables[f"ELAOMS_{letter}"] for letter in "AB"] == ["a", "b"]


def test_name_without_value_in_a_file_is_not_set(dotenv: Path) -> None:
    """A line of `.env` that names a variable without a value sets nothing."""
    dotenv.write_text("ELAOMS_A\n")
    assert "ELAOMS_A" not in read_environment(dotenv)


@pytest.mark.parametrize(
    ("process", "port", "expected"),
    [
        ("ingress.1", "5000", "8000"),
        ("ingress.1", "9000", "9000"),
        (None, "5000", "5000"),
        ("ingress.1", None, "8000"),
    ],
    ids=["honcho's own", "asked for", "without honcho", "none"],
)
def test_port_of_honchos_own_is_nobodys_wish(
    dotenv: Path, monkeypatch: pytest.MonkeyPatch, process: str | None, port: str | None, expected: str
) -> None:
    """The default port that honcho sets, although no operator asked for it, does not override the one in `.env`."""
    dotenv.write_text('PORT="8000"\n')
    for name, value in (("HONCHO_PROCESS_NAME", process), ("PORT", port)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert read_environment(dotenv)["PORT"] == expected


@pytest.mark.parametrize("variables", [{}, {"X": ""}, {"X": "  "}])
def test_empty_variable_means_its_default(variables: dict[str, str]) -> None:
    """A variable of any kind that is absent or empty has its default, and is not a fault."""
    environment = Environment(variables)
    assert environment.text("X", "default") == "default"
    assert environment.path("X", "./data") == Path("data")
    assert environment.names("X", "a,b") == ("a", "b")
    assert environment.whole("X", 5, low=1, high=9) == 5
    assert environment.fraction("X", 0.4) == 0.4
    assert environment.flag("X", default=True) is True
    assert environment.flag("X", default=False) is False
    assert environment.choice("X", "a", ("a", "b")) == "a"
    assert environment.region("X") == "US"
    assert environment.json("X", dict[str, int], {"a": 1}) == {"a": 1}
    assert len(environment.keys("X", WHAT, required=False)) == 0
    assert faults_of(environment) == []


def test_text_is_stripped() -> None:
    """Spaces around a value are removed: no operator means them."""
    assert Environment({"X": " a b \n"}).text("X", "") == "a b"


def test_path_may_begin_with_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home folder of the user who runs the program."""
    monkeypatch.setenv("HOME", "/home/marta")
    assert Environment({"X": "~/payloads"}).path("X", "") == Path("/home/marta/payloads")


def test_home_folder_of_nobody_is_a_fault() -> None:
    """A path in the home folder of an unknown user is a fault, named with all others."""
    environment = Environment({"PAYLOAD_STORAGE_PATH": "~nobody-of-this-name/payloads"})
    environment.path("PAYLOAD_STORAGE_PATH", "./payloads")
    assert [fault.split()[0] for fault in faults_of(environment)] == ["PAYLOAD_STORAGE_PATH"]


def test_names_are_a_list_without_gaps() -> None:
    """The parts of a list are stripped, and empty ones left out."""
    assert Environment({"X": " a ,, b c,"}).names("X", "") == ("a", "b c")


@pytest.mark.parametrize("text", ["1", "9", " 5 "])
def test_whole_number_within_its_limits_is_taken(text: str) -> None:
    """The limits themselves are allowed."""
    environment = Environment({"X": text})
    assert environment.whole("X", 3, low=1, high=9) == int(text)
    assert faults_of(environment) == []


@pytest.mark.parametrize("text", ["0", "10", "-5", "99999999999999999999"])
def test_whole_number_out_of_its_limits_is_a_fault(text: str) -> None:
    """A number beyond the limits is named with them."""
    environment = Environment({"PORT": text})
    environment.whole("PORT", 3, low=1, high=9)
    assert faults_of(environment) == ["PORT must lie between 1 and 9"]


@pytest.mark.parametrize("text", ["five", "1.5", "0x10", "1 2", "true", "1" * 5000])
def test_what_is_no_whole_number_is_a_fault(text: str) -> None:
    """A value that is no whole number is quoted in the fault, and reading continues with the default."""
    environment = Environment({"PORT": text})
    assert environment.whole("PORT", 3, low=1, high=9) == 3
    assert faults_of(environment) == [f"PORT must be a whole number, not {text!r}"]


@pytest.mark.parametrize("text", ["0", "1", "0.5", "1e-3"])
def test_fraction_is_taken(text: str) -> None:
    """A number between 0 and 1 is taken, the limits included."""
    environment = Environment({"X": text})
    assert environment.fraction("X", 0.4) == float(text)
    assert faults_of(environment) == []


@pytest.mark.parametrize("text", ["-0.1", "1.1", "nan", "inf", "half", "1,5"])
def test_what_is_no_fraction_is_a_fault(text: str) -> None:
    """A number outside 0 to 1, or no number at all, is a fault."""
    environment = Environment({"X": text})
    environment.fraction("X", 0.4)
    (fault,) = faults_of(environment)
    assert fault.startswith("X must ")


@pytest.mark.parametrize(
    ("text", "is_on"),
    [
        ("true", True),
        ("TRUE", True),
        ("1", True),
        ("yes", True),
        ("On", True),
        ("false", False),
        ("0", False),
        ("No", False),
        ("off", False),
    ],
)
def test_flag_is_read(text: str, is_on: bool) -> None:
    """The usual words for true and false are understood, in whatever case, and beat the default."""
    environment = Environment({"X": text})
    assert environment.flag("X", default=not is_on) is is_on
    assert faults_of(environment) == []


@pytest.mark.parametrize("text", ["maybe", "2", "t", "enabled", "-"])
def test_other_flag_is_a_fault(text: str) -> None:
    """A word that is neither true nor false is a fault, never a silent false."""
    environment = Environment({"DEBUG": text})
    environment.flag("DEBUG", default=False)
    assert faults_of(environment) == ["DEBUG must be true or false"]


def test_choice_is_one_of_the_choices() -> None:
    """A choice is taken; any other word is a fault that names the choices."""
    environment = Environment({"X": "b", "Y": "c"})
    assert environment.choice("X", "a", ("a", "b")) == "b"
    assert faults_of(environment) == []
    environment.choice("Y", "a", ("a", "b"))
    assert faults_of(environment) == ["Y must be one of a, b"]


def test_region_is_a_country() -> None:
    """A country code is taken in either case; any other text is a fault."""
    environment = Environment({"X": "de", "Y": "USA", "Z": "world"})
    assert environment.region("X") == "DE"
    assert faults_of(environment) == []
    environment.region("Y")
    environment.region("Z")
    assert [fault.split()[0] for fault in faults_of(environment)] == ["Y", "Z"]


def test_json_is_read_as_its_type() -> None:
    """JSON of the right type is taken."""
    environment = Environment({"X": ' {"a": 1} '})
    assert environment.json("X", dict[str, int], {}) == {"a": 1}
    assert faults_of(environment) == []


@pytest.mark.parametrize("text", ["{", "[]", '{"a": "b"}', "a=1"])
def test_other_json_is_a_fault(text: str) -> None:
    """A value that is not JSON, or of another type, is a fault, and reading continues with the default."""
    environment = Environment({"X": text})
    assert environment.json("X", dict[str, int], {"d": 1}) == {"d": 1}
    (fault,) = faults_of(environment)
    assert fault.startswith("X must be JSON: ")


def test_keys_are_a_list() -> None:
    """Secrets are separated by commas, so that they can be rotated."""
    environment = Environment({"X": f" {SECRET} ,other"})
    assert list(environment.keys("X", WHAT)) == [SECRET, "other"]
    assert faults_of(environment) == []


@pytest.mark.parametrize("variables", [{}, {"X": ""}, {"X": " "}])
def test_missing_keys_are_a_fault(variables: dict[str, str]) -> None:
    """A missing required secret is a fault whose message says what the secret is for."""
    environment = Environment(variables)
    assert len(environment.keys("X", WHAT)) == 0
    assert faults_of(environment) == [f"X is not set; it is {WHAT}. Put it into .env or the environment"]


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    "text", ["changeme", "your_secret_here", f"{SECRET},", f",{SECRET}", f"{SECRET},,b", f"{SECRET},<secret>", ","]
)
def test_placeholder_among_keys_is_a_fault(text: str, required: bool) -> None:
    """An empty or placeholder secret is a fault even beside a real one, which the fault does not print."""
    environment = Environment({"X": text})
    environment.keys("X", WHAT, required=required)
    (fault,) = faults_of(environment)
    assert fault == f"X holds an empty or a placeholder secret; it is {WHAT}"


def test_every_fault_is_named_at_once() -> None:
    """One reading names every fault, one to a line, in the order of reading."""
    environment = Environment(
        {"PORT": "x", "LIMIT": "99", "RATIO": "2", "DEBUG": "maybe", "ENGINE": "none", "JSON": "{", "REGION": "??"}
    )
    environment.keys("SECRET", WHAT)
    environment.whole("PORT", 8000, low=1, high=65535)
    environment.whole("LIMIT", 5, low=1, high=20)
    environment.fraction("RATIO", 0.4)
    environment.flag("DEBUG", default=False)
    environment.choice("ENGINE", "embedded", ("embedded",))
    environment.json("JSON", dict[str, int], {})
    environment.region("REGION")
    environment.fault("OTHER", "is wrong as well")
    with pytest.raises(SettingsError) as caught:
        environment.check()
    names = ["SECRET", "PORT", "LIMIT", "RATIO", "DEBUG", "ENGINE", "JSON", "REGION", "OTHER"]
    assert [fault.split()[0] for fault in caught.value.faults] == names
    assert str(caught.value).splitlines() == caught.value.faults


def test_secret_that_no_header_can_carry_is_a_fault() -> None:
    """A secret with bytes that are not UTF-8 stops the start, rather than failing each request."""
    env = Environment({"KEY": b"s\xff".decode("utf-8", "surrogateescape")})
    assert not env.keys("KEY", "a secret")
    with pytest.raises(SettingsError, match="KEY holds a character"):
        env.check()
