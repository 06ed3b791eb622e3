"""Superset in an environment of its own, with one dashboard on a published file.

Lives here: installing, setting up and serving Superset, and asking it for a chart's data. Not here: anything of the
product itself; Superset and the product have requirements that do not go together, so this script uses the standard
library alone and starts Superset as another program.

    python tools/superset/zet_op.py                       set up for the newest publication and serve it
    python tools/superset/zet_op.py --controle            set up, ask for the tables and a chart's data, stop
    python tools/superset/zet_op.py --uitgave MAP ...     another folder with ondersteuning.duckdb
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
USER, UV = "beheer", "0.13.9"
# Read only is not enough: without these two, SQL Lab can read files of this computer with read_csv.
LOCKED = {"read_only": True, "config": {"enable_external_access": "false", "lock_configuration": "true"}}
DATABASE, TABLE = "Ondersteuningsanalyse", "v_ondersteuning_per_gebied"
CHART = "Leerlingen per gemeente en categorie"


def main() -> int:
    """Do what the arguments ask."""
    parser = argparse.ArgumentParser(description="Zet Superset op voor een uitgave.")
    parser.add_argument(
        "--uitgave", type=Path, help="map met ondersteuning.duckdb; anders de nieuwste (oogo)"
    )
    parser.add_argument("--map", type=Path, default=Path(".superset"), help="waar Superset komt te staan")
    parser.add_argument("--poort", type=int, default=8088)
    parser.add_argument("--controle", action="store_true", help="controleer en stop")
    given = parser.parse_args()
    home = given.map.resolve()
    source = _published(given.uitgave)
    _install(home)
    environment = _environment(home)
    file = _copy(source, home)
    if not (home / "klaar").exists():
        _say("Superset inrichten (eenmalig, een paar minuten) ...")
        password = secrets.token_urlsafe(15)
        _superset(home, environment, "db", "upgrade")
        _superset(
            home,
            environment,
            "fab",
            "create-admin",
            "--username",
            USER,
            "--firstname",
            "Beheer",
            "--lastname",
            "Beheer",
            "--email",
            "beheer@localhost",
            "--password",
            password,
        )
        _superset(home, environment, "init")
        _secret(home / "wachtwoord", password)
        (home / "klaar").touch()
    address = f"http://127.0.0.1:{given.poort}"
    with (home / "server.log").open("w", encoding="utf-8") as log:
        words = _command(home, "run", "-h", "127.0.0.1", "-p", str(given.poort), "--with-threads")
        server = subprocess.Popen(words, env=environment, stdout=log, stderr=log)  # noqa: S603
        try:
            api = Api(address, (home / "wachtwoord").read_text(encoding="utf-8"))
            api.sign_in(server)
            tables, rows = set_up(api, file)
            _say(f"{len(tables)} tabellen; de grafiek heeft {rows} rijen.")
            if given.controle:
                closed = reads_no_files(api)
                _say(
                    "Bestanden van de server lezen kan niet."
                    if closed
                    else "LET OP: bestanden lezen kan wel."
                )
                read = reads_with_sqlalchemy(home, file)
                _say("SQLAlchemy leest de uitgave." if read else "LET OP: SQLAlchemy leest de uitgave niet.")
                return 0 if TABLE in tables and rows and closed and read else 1
            _say(f"Open {address} en meld u aan als {USER}; het wachtwoord staat in {home / 'wachtwoord'}.")
            _say("Stop met Ctrl+C.")
            server.wait()
        except KeyboardInterrupt:
            pass
        finally:
            server.terminate()
            server.wait(timeout=30)
    return 0


def set_up(api: Api, file: Path) -> tuple[list[str], int]:
    """Database, dataset, chart and dashboard, each made once; returns the tables and the rows of the chart."""
    uri = f"duckdb:///{file}"
    extra = json.dumps({"engine_params": {"connect_args": LOCKED}})
    asked = {
        "database_name": DATABASE,
        "sqlalchemy_uri": uri,
        "extra": extra,
        "expose_in_sqllab": True,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
    }
    database = api.ensure("database", "database_name", asked, renew=True)
    found = api.get(f"database/{database}/tables/?q=(schema_name:main)")["result"]
    dataset = api.ensure(
        "dataset", "table_name", {"database": database, "schema": "main", "table_name": TABLE}
    )
    api.send("PUT", f"dataset/{dataset}/refresh")  # a new release may have new columns
    form = {
        "datasource": f"{dataset}__table",
        "viz_type": "table",
        "query_mode": "raw",
        "all_columns": ["schooljaar", "gebied_naam", "categorie_naam", "leerlingen", "tekst"],
        "adhoc_filters": [
            {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": "gebied_soort = 'woongemeente'"}
        ],
        "row_limit": 5000,
    }
    query = {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [
            {
                "columns": form["all_columns"],
                "metrics": None,
                "orderby": [],
                "row_limit": 5000,
                "extras": {"where": "(gebied_soort = 'woongemeente')"},
                "filters": [],
            }
        ],
        "result_format": "json",
        "result_type": "full",
    }
    chart = api.ensure(
        "chart",
        "slice_name",
        {
            "slice_name": CHART,
            "datasource_id": dataset,
            "datasource_type": "table",
            "viz_type": "table",
            "params": json.dumps(form),
            "query_context": json.dumps(query),
        },
    )
    board = api.ensure("dashboard", "dashboard_title", {"dashboard_title": DATABASE, "published": True})
    api.send("PUT", f"chart/{chart}", {"dashboards": [board]})
    position = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": ["ROW-1"], "parents": ["ROOT_ID"]},
        "ROW-1": {
            "id": "ROW-1",
            "type": "ROW",
            "children": ["CHART-1"],
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        },
        "CHART-1": {
            "id": "CHART-1",
            "type": "CHART",
            "children": [],
            "parents": ["ROOT_ID", "GRID_ID", "ROW-1"],
            "meta": {"chartId": chart, "width": 12, "height": 70, "sliceName": CHART},
        },
    }
    api.send("PUT", f"dashboard/{board}", {"position_json": json.dumps(position)})
    data = api.send("POST", "chart/data", query)["result"][0]
    return sorted(each["value"] for each in found), int(data["rowcount"])


def reads_no_files(api: Api) -> bool:
    """Whether SQL Lab refuses to read a file of this computer, while it does answer on the publication."""
    database = api.find("database", "database_name", DATABASE)

    def ask(sql: str) -> str | None:
        return api.refusal("sqllab/execute/", {"database_id": database, "schema": "main", "sql": sql})

    answers = ask("SELECT count(*) FROM publicatie") is None
    refused = [ask("SELECT * FROM read_csv('/etc/hosts')"), ask("SET enable_external_access = true")]
    return answers and all(refused)


def sqlalchemy_of_the_page() -> str:
    """The piece of Python that docs/handleiding/bi.md gives for SQLAlchemy."""
    page = (HERE.parents[1] / "docs" / "handleiding" / "bi.md").read_text(encoding="utf-8")
    return page.split("```python sqlalchemy\n", 1)[1].split("```", 1)[0]


def reads_with_sqlalchemy(home: Path, file: Path) -> bool:
    """Whether that piece, run with the SQLAlchemy of Superset, finds rows and views in this file."""
    place = home / "lezen"
    link = place / "publication" / "oogo" / "current" / "ondersteuning.duckdb"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(file)
    code = sqlalchemy_of_the_page() + "\nassert alchemy_rijen and 'v_koppelgraad' in weergaven\n"
    python = str(home / "venv" / "bin" / "python")
    return subprocess.run([python, "-c", code], cwd=place, check=False).returncode == 0  # noqa: S603


class Api:
    """The REST API of one Superset."""

    def __init__(self, address: str, password: str) -> None:
        self.address, self.password = address, password
        self.heads: dict[str, str] = {"Content-Type": "application/json", "Referer": address}
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def sign_in(self, server: subprocess.Popen[bytes]) -> None:
        """Wait for the server, then take a token."""
        deadline = time.monotonic() + 180
        while True:
            try:
                with self.opener.open(f"{self.address}/health", timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("Superset start niet; zie server.log in de map van Superset.") from None
                time.sleep(1)
        asked = {"username": USER, "password": self.password, "provider": "db", "refresh": False}
        self.heads["Authorization"] = f"Bearer {self.send('POST', 'security/login', asked)['access_token']}"
        self.heads["X-CSRFToken"] = self.get("security/csrf_token/")["result"]

    def send(self, method: str, path: str, content: Any = None) -> dict[str, Any]:
        """One request; SystemExit with the answer of Superset if it refuses."""
        body = None if content is None else json.dumps(content).encode()
        address = f"{self.address}/api/v1/{path}"
        request = urllib.request.Request(address, body, self.heads, method=method)  # noqa: S310
        try:
            with self.opener.open(request, timeout=120) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise SystemExit(f"Superset weigert {method} {path}: {error.read().decode()[:500]}") from None

    def refusal(self, path: str, content: Any) -> str | None:
        """What Superset says when it refuses, None if it answers."""
        try:
            self.send("POST", path, content)
        except SystemExit as refused:
            return str(refused)
        return None

    def get(self, path: str) -> dict[str, Any]:
        return self.send("GET", path)

    def ensure(self, kind: str, key: str, content: dict[str, Any], *, renew: bool = False) -> int:
        """The id of what bears this name; made if it is not there, brought up to date if `renew`."""
        here = self.find(kind, key, content[key])
        if here is None:
            return int(self.send("POST", f"{kind}/", content)["id"])
        if renew:
            self.send("PUT", f"{kind}/{here}", content)
        return here

    def find(self, kind: str, key: str, name: str) -> int | None:
        found = self.get(f"{kind}/?q=(page_size:100)")["result"]
        return next((int(each["id"]) for each in found if each[key] == name), None)


def _published(given: Path | None) -> Path:
    place = given or Path(os.environ.get("OA_HOME", ".demo/data")) / "publication" / "oogo" / "current"
    file = place if place.suffix == ".duckdb" else place / "ondersteuning.duckdb"
    if not file.is_file():
        raise SystemExit(f"Hier ligt geen publicatie: {place}. Draai eerst make demo, of gebruik --uitgave.")
    return file.resolve()


def _copy(source: Path, home: Path) -> Path:
    """The file beside Superset under the name of its release: an open file is never replaced."""
    target = home / f"{source.parent.name}.duckdb"
    if not target.exists():
        half = target.with_suffix(".deel")
        shutil.copyfile(source, half)
        half.chmod(0o400)
        half.replace(target)
    return target


def _install(home: Path) -> None:
    if (home / "venv" / "geinstalleerd").exists():
        return
    _say("Superset installeren in een eigen omgeving (eenmalig) ...")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    venv.create(home / "venv", with_pip=True)
    python = str(home / "venv" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"uv=={UV}"]
    subprocess.run(pip, check=True)  # noqa: S603
    words = [
        python,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "-r",
        str(HERE / "requirements.txt"),
    ]
    subprocess.run(words, check=True)  # noqa: S603
    (home / "venv" / "geinstalleerd").touch()


def _environment(home: Path) -> dict[str, str]:
    key = home / "sleutel"
    if not key.exists():
        _secret(key, secrets.token_urlsafe(42))
    return os.environ | {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "SUPERSET_SECRET_KEY": key.read_text(encoding="utf-8"),
        "FLASK_APP": "superset",
    }


def _secret(path: Path, text: str) -> None:
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)


def _command(home: Path, *words: str) -> list[str]:
    return [str(home / "venv" / "bin" / "superset"), *words]


def _superset(home: Path, environment: dict[str, str], *words: str) -> None:
    with (home / "inrichten.log").open("a", encoding="utf-8") as log:
        command = _command(home, *words)
        done = subprocess.run(command, env=environment, stdout=log, stderr=log, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"superset {words[0]} mislukte; zie {home / 'inrichten.log'}.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
