"""The long run in small: every stage is gone through, and everything that it files is sent, and pruned."""

import json
from pathlib import Path

from benchmarks.growth import Bus, Load, grown
from benchmarks.growth_report import summary, write_samples


def test_a_short_run_goes_through_every_stage(tmp_path: Path) -> None:
    said: list[str] = []

    samples = grown(3_000, 2, Bus.POSTGRES, Load(filers=1, copies=49), said.append)

    stages = list(dict.fromkeys(sample["stage"] for sample in samples))
    assert stages == ["begin", "filing", "backup", "no relay", "grown", "pruning", "again"]
    assert len(said) == len(samples)
    full = samples[[sample["stage"] for sample in samples].index("grown")]
    assert (full["written"], full["unsent"]) == (3_000, 0)
    assert sum(sample.get("pruned", 0) for sample in samples) == 3_000 + 1_000
    assert samples[-1]["written"] == 3_300
    write_samples(tmp_path / "samples.json", samples)
    assert len(json.loads((tmp_path / "samples.json").read_text())) == len(samples)
    assert "| complaints.outbox | " in summary(samples)
