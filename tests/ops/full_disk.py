"""`python -m tests.ops.full_disk FOLDER CASE` in a mount namespace: a real `guardia web` whose disks are full, one
after the other; what it answered is printed as JSON. SESSION is the cookie of whoever handles the case.
"""

import json
import os
import signal
import subprocess
import sys
from http.client import HTTPException
from pathlib import Path

from bench._web import HOST, Browser, token_in
from bench.faults.disk import Tmpfs, mounted
from guardia.cli.children import any_free
from tests.hosts.house import until

PAGES = (
    *("/", "/entrar", "/despacho", "/alertas", "/afectaciones", "/escalamientos/", "/llamadas/", "/companias/"),
    *("/informes/", "/turno", "/ajustes/", "/trabajos/", "/correo/", "/procedimiento", "/salud/listo", "/salud/vivo"),
)
NEW = (
    *("/ajustes/alertas", "/ajustes/auditoria", "/ajustes/calendario", "/ajustes/cambios", "/ajustes/correo"),
    *("/ajustes/entrega", "/ajustes/textos/", "/ajustes/telefonia/", "/ajustes/personas", "/sesion", "/mi-empresa"),
    *("/estado", "/campo/", "/nada", "/recuperar", "/ajustes/procedimiento/", "/escalamientos/quien", "/ayuda"),
)
"""Asked for the first time while the disk is full: each needs room for figures of its own (/metrics)."""
SIZES = {"state": 4, "attachments": 64, "tmp": 16}
BOUNDARY = "a-boundary-that-stands-in-no-file"


def main(folder: Path, case: str) -> None:
    disks = {name: Tmpfs(mounted(folder / name, size)) for name, size in SIZES.items()}
    port = any_free(HOST)
    environment = os.environ | {
        "STATE_DIR": str(folder / "state"),
        "ATTACHMENTS_DIR": str(folder / "attachments"),
        "TMPDIR": str(folder / "tmp"),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "LOG_LEVEL": "WARNING",
    }
    log = (folder / "web.log").open("ab")
    web = subprocess.Popen(
        [sys.executable, "-m", "guardia", "web", "--port", str(port), "--threads", "4"],
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        desk = Browser(port)
        desk.cookies["sessionid"] = os.environ["SESSION"]
        until(lambda: answers(port), "the web answers", folder / "web.log")
        answering = children(web.pid)
        found = {"OK": looked_at(desk, case)}
        for name, disk in disks.items():
            disk.fill()
            if name == "state":
                found["new"] = [status_of(desk, path) for path in NEW]
            found[name] = looked_at(desk, case)
            disk.free()
        found["after"] = looked_at(desk, case)
        found["same process"] = children(web.pid) == answering
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(30)
    found["log"] = (folder / "web.log").read_text()[-3000:]
    print(json.dumps(found))  # noqa: T201


def answers(port: int) -> bool:
    try:
        return Browser(port).get("/salud/vivo").status == 200
    except OSError:
        return False


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def looked_at(desk: Browser, case: str) -> dict[str, object]:
    """What pages, a note and a file of 3 MB are answered with; 0 where nothing came back."""
    desk.connection.close()  # after a refusal the server reads no more of it
    pages = [status_of(desk, path) for path in PAGES]
    metrics = status_of(desk, "/metrics")
    try:
        desk.token = token_of(desk, case)
        note = desk.post(
            f"/casos/{case}/escribir", {"text": f"Se revisa {os.urandom(4).hex()}.", "audience": "internal"}
        ).status
    except (OSError, HTTPException):
        note = 0
        desk.connection.close()
    small, large = upload(desk, case, b"x" * 200_000), upload(desk, case, b"y" * 3_000_000)
    return {"pages": pages, "metrics": metrics, "note": note, "small": small, "large": large}


def token_of(desk: Browser, case: str) -> str:
    return token_in(desk.get(f"/casos/{case}/"))


def status_of(desk: Browser, path: str) -> int:
    try:
        return desk.get(path).status
    except (OSError, HTTPException):
        desk.connection.close()
        return 0


def upload(desk: Browser, case: str, content: bytes) -> int:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{desk.token}\r\n'
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n'
    head += "Content-Type: text/plain\r\n\r\n"
    body = head.encode() + content + os.urandom(4).hex().encode() + f"\r\n--{BOUNDARY}--\r\n".encode()
    try:
        sent = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Origin": desk.origin}
        return desk._asked("POST", f"/casos/{case}/archivos", body, sent).status
    except (OSError, HTTPException):
        desk.connection.close()
        return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
