"""SoftHSM2, a device of PKCS#11 that others wrote, with keys that OpenSC's pkcs11-tool makes in it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

MODULES = (
    os.environ.get("SOFTHSM2_MODULE", ""),
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
MODULE = next((each for each in MODULES if each and Path(each).exists()), "")
PIN, OFFICER = "4711-uno", "0815-dos"
ED25519 = "EC:edwards25519"


def why_not() -> str:
    """Why there is no device here; empty where there is one."""
    if not find_spec("pkcs11"):
        return "the extra is not installed: uv sync --extra hsm"
    tools = (MODULE, shutil.which("softhsm2-util"), shutil.which("pkcs11-tool"))
    return "" if all(tools) else "no SoftHSM2 or no pkcs11-tool: apt install softhsm2 opensc"


@dataclass
class SoftHsm:
    """Its tokens lie below ``folder``."""

    folder: Path

    @classmethod
    def made_in(cls, folder: Path) -> "SoftHsm":
        (folder / "tokens").mkdir()
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
        (folder / "pin").write_text(f"{PIN}\n")
        return cls(folder)

    @property
    def configuration(self) -> str:
        return str(self.folder / "softhsm2.conf")

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens"

    @property
    def pin_file(self) -> Path:
        return self.folder / "pin"

    def run(self, *command: str) -> str:
        environment = {**os.environ, "SOFTHSM2_CONF": self.configuration}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add_token(self, label: str) -> None:
        self.run("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", OFFICER)

    def tool(self, token: str, *words: str, pin: str = PIN) -> str:
        return self.run("pkcs11-tool", "--module", MODULE, "--token-label", token, "--login", "--pin", pin, *words)

    def add_key(self, token: str, label: str, identity: str, kind: str = ED25519, *more: str) -> None:
        self.tool(token, "--keypairgen", "--key-type", kind, "--label", label, "--id", identity, *more)

    def address(self, token: str, label: str, more: str = "", module: str = MODULE) -> str:
        return f"pkcs11:token={token};object={label}{more}?module-path={module}&pin-source=file:{self.pin_file}"
