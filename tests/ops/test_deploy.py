"""What is shipped to run it by: each command, setting, file and address that it names exists."""

import configparser
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.urls import resolve

from guardia.cli.main import parser
from guardia.config import settings as module
from guardia.config.postgres import APP
from tests.ops.conftest import ROOT

pytestmark = pytest.mark.process

SYSTEMD = ROOT / "deploy/systemd"
SERVICES = sorted(SYSTEMD.glob("*.service"))
TIMERS = sorted(SYSTEMD.glob("*.timer"))
PROGRAM = "/opt/guardia/.venv/bin/guardia"
SOURCE = (ROOT / "guardia/config/settings.py").read_text() + (ROOT / "guardia/config/database.py").read_text()
WALLS = (
    *("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID", "RestrictNamespaces"),
    *("ProtectKernelTunables", "ProtectControlGroups", "LockPersonality"),
)


def read(file: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(file.read_text())
    return unit


def is_setting(name: str) -> bool:
    bare = name.removesuffix("_FILE")
    return f'"{bare}"' in SOURCE or f'"{name}"' in SOURCE or hasattr(module, bare)


def understood(words: list[str]) -> bool:
    """Whether the command line takes them."""
    try:
        return callable(parser().parse_args(words).handler)
    except SystemExit:
        return False


def test_a_command_that_there_is_not_would_be_noticed():
    assert understood(["web", "--port", "8000"])
    assert not understood(["wobble"])
    assert not is_setting("SMTP_HOSE")


# --- systemd ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_a_service_runs_a_command_that_exists_as_nobody_in_particular_behind_walls(file):
    service = read(file)["Service"]
    program, *words = service["ExecStart"].split()
    assert program == PROGRAM
    assert understood(words), words
    assert service["User"] == "guardia"
    assert service["ProtectSystem"] == "strict"
    assert service["EnvironmentFile"] == "/etc/guardia/guardia.env"
    assert [name for name in WALLS if service.get(name) != "yes"] == []
    assert service["CapabilityBoundingSet"] in {"", "CAP_NET_RAW"}
    if service["Type"] in {"exec", "notify"}:
        assert service["Restart"] == "always"


@pytest.mark.parametrize("file", TIMERS, ids=lambda file: file.name)
def test_a_timer_starts_a_service_that_exists(file):
    timer = read(file)["Timer"]
    assert (SYSTEMD / timer["Unit"]).is_file()
    assert timer["Persistent"] == "true"
    assert re.fullmatch(r"\*-\*-(\*|01) \d\d:\d\d:\d\d", timer["OnCalendar"])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_them(tmp_path):
    """With a program in place that is there, so that only the units are judged."""
    for file in (*SERVICES, *TIMERS):
        (tmp_path / file.name).write_text(file.read_text().replace(PROGRAM, "/bin/true"))
    units = [str(file) for file in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if line.startswith("guardia") or str(tmp_path) in line]
    assert said == []
    for file in TIMERS:
        when = read(file)["Timer"]["OnCalendar"]
        assert subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, check=False).returncode == 0


def test_the_sample_of_settings_has_settings_that_there_are_and_no_secret():
    lines = [line for line in (SYSTEMD / "guardia.env.example").read_text().splitlines() if line and line[0] != "#"]
    names = [line.partition("=")[0] for line in lines]
    assert [name for name in names if not is_setting(name)] == []
    assert len(names) == len(set(names)) > 10
    assert not {"SECRET_KEY", "DATABASE_URL", "SMTP_PASSWORD"} & set(names)


# --- containers -------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (ROOT / "deploy/Containerfile").read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _blank, rest in (line.partition(" ") for line in lines)]


def test_the_containerfile_is_made_of_what_such_files_are_made_of():
    known = {"FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    assert {word for word, _rest in instructions()} <= known | {"ENTRYPOINT", "CMD"}
    assert [word for word, _rest in instructions()].count("FROM") == 2
    assert all("--frozen" in rest for word, rest in instructions() if word == "RUN" and "uv sync" in rest)


def test_what_it_copies_is_there_and_let_in():
    let_in = {
        line[1:] for line in (ROOT / "deploy/Containerfile.dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert source in let_in, source


def test_it_runs_as_nobody_in_particular_and_is_asked_at_an_address_that_exists():
    said = dict(instructions())
    assert said["USER"].split(":")[0] not in {"0", "root"}
    address = re.search(r"127\.0\.0\.1:8000(/[\w/]+)", said["HEALTHCHECK"])
    assert address
    assert resolve(address[1]).url_name == "health_live"
    assert understood(json.loads(said["CMD"]))
    environment = [rest for word, rest in instructions() if word == "ENV"][-1]
    names = re.findall(r"(\w+)=", environment)
    assert {"STATE_DIR", "BACKUP_DIR", "LOG_FORMAT"} <= {name for name in names if is_setting(name)}


def compose() -> dict:
    return yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text())


def test_every_service_of_the_composition_runs_what_exists():
    said = compose()
    for name, service in said["services"].items():
        for other in service.get("depends_on", {}):
            assert other in said["services"]
        assert set(service["secrets"]) <= set(said["secrets"])
        if name == "database":
            continue
        assert understood(service["command"]), service["command"]
        assert [each for each in service["environment"] if not is_setting(each)] == []
        for value in service["environment"].values():
            if str(value).startswith("/run/secrets/"):
                assert value.rpartition("/")[2] in service["secrets"]
    assert said["services"]["database"]["image"].endswith(":18")
    assert said["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"], "only the proxy of this machine reaches it"


def test_the_application_there_has_the_rights_it_has_at_home():
    ours = re.search(r"CREATE ROLE \{\} (LOGIN [A-Z ]+)", (ROOT / "guardia/config/postgres.py").read_text())
    theirs = re.search(rf"CREATE ROLE {APP} (LOGIN [A-Z ]+) PASSWORD", (ROOT / "deploy/compose/roles.sh").read_text())
    assert ours
    assert theirs
    assert set(ours[1].split()) == set(theirs[1].split())


def test_a_container_that_is_cut_off_is_let_go_as_soon_as_a_machine():
    settings = [
        set(re.findall(r"ALTER ROLE guardia_app SET .*;", (ROOT / file).read_text()))
        for file in ("deploy/compose/roles.sh", "docs/operations/install.md")
    ]
    assert len(settings[0]) == 4
    assert settings[0] == settings[1]


def test_secrets_are_drawn_once_and_nobody_else_gets_to_them(tmp_path):
    shutil.copy(ROOT / "deploy/compose/make-secrets", tmp_path)
    for _twice in range(2):
        subprocess.run([tmp_path / "make-secrets"], capture_output=True, check=True)
        folder = tmp_path / "secrets"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        kept = {file.name: file.read_text() for file in folder.iterdir()}
        assert set(kept) == set(compose()["secrets"])
        assert len(kept["secret_key"]) >= 60
        assert kept["app_password"] in kept["database_url"]
        (tmp_path / "before").write_text(kept["secret_key"]) if not _twice else None
    assert (tmp_path / "before").read_text() == kept["secret_key"]


# --- without internet -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not os.environ.get("GUARDIA_TEST_BUNDLE"), reason="takes minutes: set GUARDIA_TEST_BUNDLE=1")
def test_it_is_installed_where_there_is_no_network_at_all(tmp_path):
    """In a network namespace of its own, which has not even a loopback."""
    alone = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    bundle = tmp_path / "bundle.tar.gz"
    subprocess.run(["bin/bundle", str(bundle)], cwd=ROOT, check=True)
    shutil.unpack_archive(bundle, tmp_path / "unpacked", filter="data")
    installer = tmp_path / "unpacked/guardia-bundle/install-offline"
    own = os.environ | {"GUARDIA_BIN": str(tmp_path / "bin")}
    subprocess.run([*alone, installer, tmp_path / "installed"], env=own, check=True)
    guardia = tmp_path / "bin/guardia"  # from any folder, as a person calls it
    environment = {"PATH": os.environ["PATH"], "STATE_DIR": str(tmp_path / "state"), "HOME": str(tmp_path)}
    subprocess.run([*alone, guardia, "migrate", "--quiet"], env=environment, check=True)
    done = subprocess.run(
        [*alone, guardia, "doctor", "--json"], env=environment, capture_output=True, text=True, check=False
    )
    said = {line["check"]: line["health"] for line in map(json.loads, done.stdout.splitlines())}
    assert said["database"] == said["migrations"] == "ok"
    again = subprocess.run([*alone, installer, tmp_path / "installed"], env=own, capture_output=True, check=False)
    assert again.returncode == 0, "it is brought up to date in the same way"
    (tmp_path / "unpacked/guardia-bundle/requirements.txt").write_text("")
    spoilt = subprocess.run(
        [*alone, installer, tmp_path / "elsewhere"], env=own, capture_output=True, text=True, check=False
    )
    assert spoilt.returncode == 1
    assert "damaged" in spoilt.stderr


@pytest.fixture
def launcher(tmp_path):
    """As install-offline writes it, of an installation that only says what it was called with."""
    target = tmp_path / "opt"
    (target / ".venv/bin").mkdir(parents=True)
    command = target / ".venv/bin/guardia"
    command.write_text('#!/bin/sh\necho "$MAIL_FROM|$STATE_DIR|$PWD|$*"\n')
    command.chmod(0o755)
    written = tmp_path / "guardia"
    written.write_text((ROOT / "bin/launcher").read_text().replace("@TARGET@", str(target)))
    written.chmod(0o755)
    return written


def test_the_launcher_has_the_settings_of_the_service_and_what_is_set_already_wins(launcher, tmp_path):
    file = tmp_path / "guardia.env"
    file.write_text("# of the service\nMAIL_FROM=casos@operador.example.com\nSTATE_DIR=/var/lib/guardia\n")
    environment = {"PATH": os.environ["PATH"], "GUARDIA_ENV": str(file), "STATE_DIR": "/tmp/it's mine"}
    done = subprocess.run(
        [launcher, "backup", "a b"], cwd="/usr", env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "casos@operador.example.com|/tmp/it's mine|/usr|backup a b\n"


def test_the_launcher_does_without_a_file_of_settings(launcher, tmp_path):
    for file in ("", str(tmp_path / "nowhere")):
        environment = {"PATH": os.environ["PATH"], "GUARDIA_ENV": file, "MAIL_FROM": "x@example.com"}
        done = subprocess.run([launcher, "doctor"], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("x@example.com||")


@pytest.mark.parametrize(
    "script",
    ["bin/bundle", "bin/install-offline", "bin/launcher", "deploy/compose/make-secrets", "deploy/compose/roles.sh"],
)
def test_a_script_is_one_and_may_be_run(script):
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["sh", "-n", ROOT / script], check=False).returncode == 0


def test_the_installer_says_where_it_must_be_run():
    done = subprocess.run([ROOT / "bin/install-offline", "/nowhere"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unpacked bundle" in done.stderr
    assert sys.version_info >= (3, 12)


# --- three PostgreSQL -------------------------------------------------------------------------------------------------

HA = ROOT / "deploy/ha"


def test_every_host_that_the_files_of_high_availability_name_has_an_address():
    named = {line.split()[1] for line in (HA / "hosts").read_text().splitlines() if line[:1].isdigit()}
    databases = {"pg1", "pg2", "pg3"}
    assert databases <= named
    patroni = yaml.safe_load((HA / "patroni.yml").read_text())
    assert {each.split(":")[0] for each in patroni["etcd3"]["hosts"]} == databases
    assert set(re.findall(r"\b(pg\d)=http", (HA / "etcd.env").read_text())) == databases
    assert set(re.findall(r"server (pg\d) \1:5432", (HA / "haproxy.cfg").read_text())) == databases


def test_high_availability_acknowledges_nothing_that_one_machine_alone_has():
    said = yaml.safe_load((HA / "patroni.yml").read_text())["bootstrap"]["dcs"]
    assert (said["synchronous_mode"], said["synchronous_mode_strict"]) == (True, True)
    assert said["ttl"] >= said["loop_wait"] + 2 * said["retry_timeout"], "else a lease may run out while it is renewed"
    assert "restore_command" not in (HA / "patroni.yml").read_text(), "see ADR 82"


def test_the_pooler_of_high_availability_lets_in_the_logins_of_the_installation_and_no_owner():
    logins = set(re.findall(r'^"(\w+)" "…"$', (HA / "userlist.txt").read_text(), re.MULTILINE))
    made = re.findall(r"CREATE ROLE (\w+) LOGIN", (ROOT / "docs/operations/install.md").read_text())
    assert logins == set(made) - {"guardia_owner"}
    pooler = configparser.ConfigParser(interpolation=None)
    pooler.read_string((HA / "pgbouncer.ini").read_text())
    assert pooler["pgbouncer"]["pool_mode"] == "transaction"
    listens = re.search(r"bind 127\.0\.0\.1:(\d+)", (HA / "haproxy.cfg").read_text())
    assert listens
    assert f"port={listens[1]} " in pooler["databases"]["guardia"]


def test_the_archive_of_high_availability_is_of_the_folder_that_patroni_runs():
    patroni = yaml.safe_load((HA / "patroni.yml").read_text())
    archive = configparser.ConfigParser(interpolation=None)
    archive.read_string((HA / "pgbackrest.conf").read_text())
    assert archive["guardia"]["pg1-path"] == patroni["postgresql"]["data_dir"]
    assert "--stanza=guardia" in patroni["bootstrap"]["dcs"]["postgresql"]["parameters"]["archive_command"]


def test_the_balancer_asks_where_a_host_says_that_it_is_ready():
    said = (HA / "balancer.cfg").read_text()
    address = re.search(r"meth GET uri (\S+) hdr Host localhost", said)
    assert address
    assert resolve(address[1]).url_name == "health_ready"
    named = {line.split()[1] for line in (HA / "hosts").read_text().splitlines() if line[:1].isdigit()}
    assert set(re.findall(r"server (\w+) \1:8000", said)) == {name for name in named if name.startswith("web")}


# --- Kubernetes -------------------------------------------------------------------------------------------------------

KUBERNETES = ROOT / "deploy/kubernetes"
GUARDIA = [each for each in yaml.safe_load_all((KUBERNETES / "guardia.yaml").read_text()) if each]
PODS = {each["metadata"]["name"]: each["spec"]["template"] for each in GUARDIA if "template" in each.get("spec", {})}
SECRETS = "/run/secrets/guardia/"


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_what_exists_with_settings_that_there_are(name):
    pod = PODS[name]["spec"]
    (container,) = pod["containers"]
    assert understood(container["args"]), container["args"]
    common = next(each["data"] for each in GUARDIA if each["kind"] == "ConfigMap")
    own = {each["name"]: each["value"] for each in container["env"]}
    assert [each for each in (*common, *own) if not is_setting(each)] == []
    mounted = {item["path"] for volume in pod["volumes"] for item in volume.get("secret", {}).get("items", ())}
    named = {value.removeprefix(SECRETS) for value in (*common.values(), *own.values()) if value.startswith(SECRETS)}
    assert named == mounted, "it has the secrets that it names, and no others"
    assert ("database_direct_url" in mounted) == (name == "guardia-migrate"), "the owner is for what migrates alone"
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        if "httpGet" in container.get(probe, {}):
            assert resolve(container[probe]["httpGet"]["path"]).url_name in {"health_ready", "health_live"}


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_as_nobody_in_particular_behind_walls(name):
    pod = PODS[name]["spec"]
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, 10001)
    assert dict(instructions())["USER"] == "10001:10001"
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]


def test_whatever_chooses_pods_finds_some():
    labels = [pod["metadata"]["labels"] for pod in PODS.values()]
    chosen = [each["spec"]["selector"] for each in GUARDIA if "selector" in each.get("spec", {})]
    assert len(chosen) == 5
    for selector in chosen:
        wanted = selector.get("matchLabels", selector)
        assert [each for each in labels if wanted.items() <= each.items()], wanted


def test_the_database_there_has_the_logins_of_an_installation_and_loses_no_commit():
    spec = yaml.safe_load((KUBERNETES / "database.yaml").read_text())["spec"]
    made = re.findall(r"CREATE ROLE (\w+) LOGIN ([A-Z ]+) PASSWORD", (ROOT / "docs/operations/install.md").read_text())
    roles = {each["name"]: each for each in spec["managed"]["roles"]}
    assert set(roles) == {name for name, _words in made}
    for name, words in made:
        for word in ("CREATEDB", "CREATEROLE", "BYPASSRLS"):
            assert roles[name].get(word.lower(), False) == (word in words.split()), (name, word)
        assert roles[name].get("inherit", True) == ("NOINHERIT" not in words.split())
    synchronous = spec["postgresql"]["synchronous"]
    assert (synchronous["number"], synchronous["dataDurability"]) == (1, "required")
