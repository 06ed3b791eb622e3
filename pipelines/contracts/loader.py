"""From contract YAML (Open Data Contract Standard v3) to the values in model.py, failing closed.

Lives here: reading and refusing contracts. What the YAML says and this module does not understand is an
error, even where the standard knows it: a key that is ignored is a rule that is not kept. Not here:
deliveries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    DataQuality,
    OpenDataContractStandard,
    SchemaProperty,
)
from pydantic import ValidationError

from pipelines.contracts.model import (
    CODELIJSTEN,
    GEVOELIGHEDEN,
    INTERNE_REGELS,
    SOORTEN,
    Column,
    Contract,
    Rule,
    add_term,
)
from pipelines.errors import Gebruiksfout
from pipelines.resources import resource_dir

SUFFIX = ".odcs.yaml"
_TYPES = {
    "pseudoniem": "VARCHAR",
    "code": "VARCHAR",
    "datum": "DATE",
    "schooljaar": "VARCHAR",
    "volgnummer": "VARCHAR",
}
_CONTRACT_KEYS = {
    "apiVersion",
    "kind",
    "id",
    "name",
    "version",
    "status",
    "domain",
    "description",
    "customProperties",
    "schema",
}
_DESCRIPTION_KEYS = {"purpose", "usage", "limitations"}
_CONTRACT_PROPERTIES = {
    "bronhouder_soort",
    "bronhouder_kolom",
    "optioneel",
    "grondslag",
    "bewaartermijn",
    "zonder_koppeling",
    "leeg",
    "weglaten",
}
_SCHEMA_KEYS = {
    "name",
    "physicalType",
    "logicalType",
    "dataGranularityDescription",
    "description",
    "properties",
    "quality",
}
_COLUMN_KEYS = {
    "name",
    "logicalType",
    "physicalType",
    "logicalTypeOptions",
    "required",
    "unique",
    "primaryKey",
    "primaryKeyPosition",
    "classification",
    "description",
    "quality",
    "customProperties",
}
_COLUMN_PROPERTIES = {"soort", "codelijst", "doel", "grondslag", "bewaartermijn", "figuren"}
_CODES_KEYS = {"type", "metric", "arguments", "mustBe"}
_RULE_KEYS = {"name", "type", "engine", "dimension", "description", "implementation"}
_IMPLEMENTATION_KEYS = {"kolommen", "fout_als", "melding", "remedie", "tolerantie"}


@lru_cache
def contract_names() -> tuple[str, ...]:
    """The contracts that this installation knows, alphabetically."""
    paths = resource_dir("contracts").glob(f"*{SUFFIX}")
    return tuple(sorted(path.name.removesuffix(SUFFIX) for path in paths))


@lru_cache
def load_contract(name: str) -> Contract:
    """The contract of that name; Gebruiksfout if there is none or it is not sound."""
    if name not in contract_names():
        raise Gebruiksfout(
            f"Er is geen contract {name}.",
            waar="expectations/contracts",
            remedie="Kies uit: " + ", ".join(contract_names()) + ".",
        )
    path = resource_dir("contracts") / f"{name}{SUFFIX}"
    contract = read_contract(path.read_text(encoding="utf-8"), where=path.name)
    if contract.name != name:
        raise _fault(path.name, "name is niet die van het bestand")
    return contract


def read_contract(text: str, where: str | Path = "contract") -> Contract:
    """Parse one contract; Gebruiksfout names the first thing that is missing or not understood."""
    where = str(where)
    try:
        raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
        _check_keys(raw, where)
        odcs = OpenDataContractStandard(**raw)
    except yaml.YAMLError:
        raise _fault(where, "geen geldige YAML") from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise _fault(f"{where}: {place}", "past niet in de Open Data Contract Standard") from None
    return _contract(odcs, where)


def _contract(odcs: OpenDataContractStandard, where: str) -> Contract:
    for attribute, expected in (("kind", "DataContract"), ("status", "active")):
        if getattr(odcs, attribute) != expected:
            raise _fault(where, f"{attribute} is niet {expected}")
    if not re.fullmatch(r"v3\.\d+\.\d+", odcs.apiVersion or ""):
        raise _fault(where, "apiVersion is niet v3")
    version = _text(odcs.version, where, "version")
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise _fault(where, "version is geen versienummer")
    extra = _properties(odcs.customProperties, _CONTRACT_PROPERTIES, where)
    doel = _text(odcs.description.purpose if odcs.description else None, where, "description.purpose (doel)")
    grondslag = _text(extra.get("grondslag"), where, "grondslag")
    term = _term(extra.get("bewaartermijn"), where)
    soort = extra.get("bronhouder_soort")
    if soort not in ("bestuur", "gemeente"):
        raise _fault(where, "bronhouder_soort is niet bestuur of gemeente")
    if not isinstance(extra.get("optioneel"), bool):
        raise _fault(where, "optioneel is niet true of false")
    if len(odcs.schema_ or []) != 1 or odcs.schema_[0].name != odcs.name:
        raise _fault(where, "schema heeft niet precies één tabel met de naam van het contract")
    table = odcs.schema_[0]
    columns = tuple(_column(prop, grondslag, term, where) for prop in table.properties or [])
    names = [column.name for column in columns]
    if not names or len(set(names)) != len(names):
        raise _fault(where, "kolommen ontbreken of staan er dubbel in")
    key = sorted((prop.primaryKeyPosition or 0, prop.name) for prop in table.properties if prop.primaryKey)
    if not key:
        raise _fault(where, "er is geen primaryKey")
    if extra.get("bronhouder_kolom") not in names:
        raise _fault(where, "bronhouder_kolom is geen kolom van het contract")
    rules = tuple(_rule(quality, names, where) for quality in table.quality or [])
    if len({rule.name for rule in rules}) != len(rules):
        raise _fault(where, "twee regels hebben dezelfde naam")
    weglaten = _texts(extra.get("weglaten"), where, "weglaten")
    if set(weglaten) & set(names):
        raise _fault(where, "weglaten noemt een kolom van het contract")
    apart = extra.get("zonder_koppeling")
    return Contract(
        name=_text(odcs.name, where, "name"),
        version=version,
        description=_text(table.description, where, "schema.description"),
        doel=doel,
        grondslag=grondslag,
        bewaartermijn=term,
        bronhouder_soort=soort,
        bronhouder_kolom=extra["bronhouder_kolom"],
        optional=extra["optioneel"],
        columns=columns,
        key=tuple(str(name) for _, name in key),
        rules=rules,
        weglaten=weglaten,
        leeg=tuple(dict.fromkeys(("", *_texts(extra.get("leeg"), where, "leeg")))),
        zonder_koppeling=None if apart is None else _term(apart, where),
    )


def _column(prop: SchemaProperty, grondslag: str, term: str, where: str) -> Column:
    where = f"{where}: kolom {prop.name}"
    extra = _properties(prop.customProperties, _COLUMN_PROPERTIES, where)
    kind = extra.get("soort")
    if kind not in SOORTEN:
        raise _fault(where, f"soort is niet een van {', '.join(SOORTEN)}")
    if prop.physicalType != _TYPES[kind] or prop.logicalType != ("date" if kind == "datum" else "string"):
        raise _fault(where, "logicalType en physicalType passen niet bij de soort")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", prop.name or ""):
        raise _fault(where, "de naam is niet in kleine letters, cijfers en _")
    if prop.required is None:
        raise _fault(where, "required ontbreekt")
    if prop.classification not in GEVOELIGHEDEN:
        raise _fault(where, f"classification (gevoeligheid) is niet een van {', '.join(GEVOELIGHEDEN)}")
    options = dict(prop.logicalTypeOptions or {})
    pattern, minimum = options.pop("pattern", None), options.pop("minimum", None)
    if options:
        raise _fault(where, f"onbekende logicalTypeOptions: {', '.join(sorted(options))}")
    if kind == "datum" and minimum is None:
        raise _fault(where, "logicalTypeOptions.minimum ontbreekt: de vroegste datum die kan")
    codelijst = extra.get("codelijst")
    if codelijst is not None and codelijst not in CODELIJSTEN:
        raise _fault(where, f"codelijst is niet een van {', '.join(CODELIJSTEN)}")
    codes = _codes(prop.quality or [], where)
    if kind == "code" and not (codes or codelijst or pattern):
        raise _fault(where, "een code zonder lijst en zonder patroon laat alles toe")
    if kind in ("pseudoniem", "volgnummer", "schooljaar") and not pattern:
        raise _fault(where, "logicalTypeOptions.pattern ontbreekt")
    figuren = _texts(extra.get("figuren"), where, "figuren")
    if not figuren:
        raise _fault(where, "figuren ontbreekt: geen kolom zonder cijfer dat haar gebruikt")
    for figuur in figuren:
        table, _, column = figuur.partition(".")
        if not table or not column or (table == "regel" and column not in INTERNE_REGELS):
            raise _fault(where, "figuren noemt iets anders dan tabel.kolom of een bekende regel")
    return Column(
        name=str(prop.name),
        kind=kind,
        sql_type=_TYPES[kind],
        required=prop.required,
        unique=bool(prop.unique),
        pattern=pattern,
        minimum=None if minimum is None else _date(minimum, where),
        codes=codes,
        codelijst=codelijst,
        doel=_text(extra.get("doel"), where, "doel"),
        grondslag=_text(extra.get("grondslag", grondslag), where, "grondslag"),
        gevoeligheid=str(prop.classification),
        bewaartermijn=_term(extra.get("bewaartermijn", term), where),
        figuren=figuren,
        description=_text(prop.description, where, "description"),
    )


def _codes(quality: Iterable[DataQuality], where: str) -> tuple[str, ...]:
    codes: tuple[str, ...] = ()
    for item in quality:
        if item.type != "library" or item.metric != "invalidValues" or item.mustBe != 0 or codes:
            raise _fault(where, "alleen één lijst invalidValues met mustBe: 0 is bekend")
        arguments = item.arguments or {}
        if set(arguments) != {"validValues"}:
            raise _fault(where, "invalidValues kent alleen arguments.validValues")
        codes = _texts(arguments["validValues"], where, "validValues")
    return codes


def _rule(quality: DataQuality, names: list[str], where: str) -> Rule:
    where = f"{where}: regel {quality.name}"
    body = quality.implementation
    if quality.type != "custom" or quality.engine != "ondersteuningsanalyse" or not isinstance(body, dict):
        raise _fault(where, "een regel heeft type custom, engine ondersteuningsanalyse en een implementation")
    columns = _texts(body.get("kolommen"), where, "kolommen")
    if not columns or not set(columns) <= set(names):
        raise _fault(where, "kolommen noemt geen kolommen van het contract")
    tolerance = body.get("tolerantie", 0)
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 <= tolerance < 1:
        raise _fault(where, "tolerantie is geen aandeel van 0 tot 1")
    wrong_if = _text(body.get("fout_als"), where, "fout_als")
    if ";" in wrong_if or "--" in wrong_if:
        raise _fault(where, "fout_als is geen enkele voorwaarde")
    return Rule(
        name=_text(quality.name, where, "name"),
        description=_text(quality.description, where, "description"),
        columns=columns,
        wrong_if=wrong_if,
        message=_text(body.get("melding"), where, "melding"),
        remedy=_text(body.get("remedie"), where, "remedie"),
        tolerance=float(tolerance),
    )


def _check_keys(raw: Any, where: str) -> None:
    """Refuse every key that this module does not act on; the ODCS models silently drop nested ones."""
    _known(raw, _CONTRACT_KEYS, where)
    _known(raw.get("description") or {}, _DESCRIPTION_KEYS, f"{where}: description")
    _known_properties(raw, where)
    for table in _list(raw.get("schema"), where):
        _known(table, _SCHEMA_KEYS, f"{where}: schema")
        for rule in _list(table.get("quality"), where):
            _known(rule, _RULE_KEYS, f"{where}: regel")
            place = f"{where}: regel {rule.get('name')}"
            _known(rule.get("implementation") or {}, _IMPLEMENTATION_KEYS, place)
        for prop in _list(table.get("properties"), where):
            place = f"{where}: kolom {prop.get('name') if isinstance(prop, dict) else '?'}"
            _known(prop, _COLUMN_KEYS, place)
            _known_properties(prop, place)
            for quality in _list(prop.get("quality"), where):
                _known(quality, _CODES_KEYS, place)


def _known_properties(raw: Mapping[str, Any], where: str) -> None:
    for item in _list(raw.get("customProperties"), where):
        _known(item, {"property", "value"}, f"{where}: customProperties")


def _known(raw: Any, keys: set[str], where: str) -> None:
    if not isinstance(raw, dict):
        raise _fault(where, "hier hoort een lijst van sleutels en waarden")
    unknown = sorted(str(key) for key in raw if key not in keys)
    if unknown:
        raise _fault(where, f"onbekend: {', '.join(unknown)}")


def _list(raw: Any, where: str) -> list[Any]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise _fault(where, "hier hoort een lijst")
    return raw


def _properties(items: list[CustomProperty] | None, known: set[str], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items or []:
        if item.property not in known or item.property in found:
            raise _fault(where, f"onbekende of dubbele eigenschap {item.property}")
        found[item.property] = item.value
    return found


def _text(value: Any, where: str, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _fault(where, f"{what} ontbreekt")
    return " ".join(value.split())


def _texts(value: Any, where: str, what: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _fault(where, f"{what} is geen lijst van teksten")
    if len(set(value)) != len(value):
        raise _fault(where, f"{what} noemt iets dubbel")
    return tuple(value)


def _term(value: Any, where: str) -> str:
    text = _text(value, where, "bewaartermijn")
    try:
        add_term(date(2000, 1, 1), text)
    except ValueError:
        raise _fault(where, "bewaartermijn is geen ISO-duur zoals P3Y of P90D") from None
    return text


def _date(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _fault(where, "logicalTypeOptions.minimum is geen datum (tekst, JJJJ-MM-DD)") from None


def _fault(where: str, what: str) -> Gebruiksfout:
    return Gebruiksfout(
        f"Het contract kan niet worden gelezen: {what}.",
        waar=where,
        remedie="Herstel het contract; zonder geldig contract wordt niets aangenomen.",
    )
