"""Write every generated file anew: `make contracts`."""

from accord.rooms import ROOT
from tests.contracts.generated import generated, stale

if __name__ == "__main__":
    changed = stale()
    for path, text in generated().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
    print("\n".join(changed) or "nothing was stale")  # noqa: T201 - this is a command
