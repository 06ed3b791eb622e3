"""Settings of one installation: from `ondersteuningsanalyse.toml` in OA_HOME, overridden by `OA_…` variables.

Lives here: names, types, bounds, and the folders under OA_HOME. Not here: rules of the analysis (those are
seeds that a region edits) and keys themselves (only the paths of their files).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipelines.errors import Gebruiksfout

BESTAND = "ondersteuningsanalyse.toml"
Profiel = Literal["oogo", "openbaar"]
PROFIELEN: tuple[Profiel, ...] = ("oogo", "openbaar")
# The floor under each profiel (DOMAIN.md section 7); a region's FG may only go higher.
DREMPEL_MINIMUM: dict[str, int] = {"oogo": 5, "openbaar": 10}
_FOLDERS = ("inbox", "referentie", "quarantine", "intake", "warehouse", "publication", "historie", "dagster")


class Settings(BaseSettings):
    """One installation. Unknown settings, in the file or as `OA_…`, are an error."""

    model_config = SettingsConfigDict(env_prefix="OA_", extra="forbid", frozen=True)

    home: Path = Field(default=Path("data"), description="Map met alle gegevens van deze installatie")
    sleutel: Path | None = Field(
        default=None, description="Bestand met sleutel 2; leeg als de TTP stap 2 zet"
    )
    afrondsleutel: Path | None = Field(default=None, description="Bestand met de sleutel voor afronden")
    drempel_oogo: int | None = Field(default=None, description="Drempel van profiel oogo, minstens 5")
    drempel_openbaar: int | None = Field(default=None, description="Drempel van openbaar, minstens 10")
    bronhouders_bewijzen: bool = Field(
        default=True, description="Publiceer oogo pas als ook elke bronhouder niets te nauw kan insluiten"
    )
    publiceren: Literal["direct", "na_akkoord"] = Field(
        default="na_akkoord", description="Direct publiceren of pas na akkoord van een persoon"
    )
    contact: str = Field(default="", description="Wie een bronhouder of lezer kan vragen")
    demo: bool = Field(default=False, description="Fictieve regio: overeenkomsten zijn niet nodig")
    geheugen: str = Field(
        default="300MB", description="Geheugen dat DuckDB hoogstens gebruikt", pattern=r"^\d+(MB|GB)$"
    )
    draden: int = Field(default=1, ge=1, le=64, description="Rekendraden van DuckDB")
    bewaar_geweigerd_dagen: int = Field(
        default=14, ge=0, description="Dagen dat een geweigerd bestand blijft"
    )
    bewaar_inschrijving_dagen: int = Field(
        default=90, ge=0, le=90, description="Dagen dat inschrijvingen zonder koppeling hoogstens blijven"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = init_settings().get("home") or os.environ.get("OA_HOME") or "data"
        toml = TomlConfigSettingsSource(settings_cls, toml_file=Path(home) / BESTAND)
        return init_settings, env_settings, toml

    @classmethod
    def load(cls, home: Path | str | None = None, **overrides: object) -> Settings:
        """Read file and environment; raises Gebruiksfout that names each wrong setting, not its value."""
        known = {f"OA_{name}".upper() for name in cls.model_fields}
        unknown = sorted(name for name in os.environ if name.startswith("OA_") and name not in known)
        if unknown:
            raise Gebruiksfout(
                f"Onbekende instelling: {', '.join(unknown)}.",
                waar="omgevingsvariabelen",
                remedie=f"Verwijder haar of kies uit: {', '.join(sorted(known))}.",
            )
        if home is not None:
            overrides["home"] = Path(home)
        try:
            settings = cls(**overrides)  # type: ignore[arg-type]
        except ValidationError as error:
            raise _as_gebruiksfout(error) from None
        except ValueError:  # not TOML at all
            raise Gebruiksfout(
                "Het instellingenbestand is geen geldige TOML.",
                waar=BESTAND,
                remedie="Herstel het bestand; vergelijk met docs/handleiding.",
            ) from None
        relative = {
            name: (settings.home / value).resolve()
            for name in ("sleutel", "afrondsleutel")
            if (value := getattr(settings, name)) is not None
            and not value.is_absolute()
            and name.upper() not in {key.removeprefix("OA_") for key in os.environ}
            and name not in overrides
        }
        settings = settings.model_copy(update={**relative, "home": settings.home.resolve()})
        settings._check_bounds()
        return settings

    def _check_bounds(self) -> None:
        for profiel, floor in DREMPEL_MINIMUM.items():
            value = getattr(self, f"drempel_{profiel}")
            if value is not None and value < floor:
                raise Gebruiksfout(
                    f"De drempel van profiel {profiel} is lager dan {floor}.",
                    waar=f"drempel_{profiel}",
                    remedie=f"Kies {floor} of hoger; lager wordt niet gepubliceerd (DOMAIN, paragraaf 7).",
                )
        for name in ("sleutel", "afrondsleutel"):
            path = getattr(self, name)
            if path is not None and path.resolve().is_relative_to(self.home):
                raise Gebruiksfout(
                    "Een sleutel mag niet tussen de gegevens liggen.",
                    waar=name,
                    remedie=f"Zet het sleutelbestand buiten {self.home} en pas {name} aan.",
                )

    def drempel(self, profiel: Profiel) -> int:
        """The smallest count that profiel shows; Gebruiksfout if the region did not choose one."""
        value = self.drempel_oogo if profiel == "oogo" else self.drempel_openbaar
        if value is None:
            raise Gebruiksfout(
                f"De drempel van profiel {profiel} is niet ingesteld.",
                waar=f"drempel_{profiel} in {BESTAND}",
                remedie=f"Stel hem in, minstens {DREMPEL_MINIMUM[profiel]}, in overleg met de FG van de regio.",
            )
        return int(value)

    @property
    def profielen(self) -> tuple[Profiel, ...]:
        """The profielen that this installation publishes: oogo always, openbaar if its drempel was chosen."""
        return PROFIELEN if self.drempel_openbaar is not None else ("oogo",)

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def referentie(self) -> Path:
        return self.home / "referentie"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def intake(self) -> Path:
        return self.home / "intake"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse"

    @property
    def publication(self) -> Path:
        return self.home / "publication"

    @property
    def historie(self) -> Path:
        return self.home / "historie"

    @property
    def dagster(self) -> Path:
        return self.home / "dagster"

    def prepare_home(self) -> None:
        """Make OA_HOME and its folders (mode 0700); Gebruiksfout if others may read it."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix" and stat.S_IMODE(self.home.stat().st_mode) & 0o077:
            raise Gebruiksfout(
                f"Anderen kunnen bij {self.home}.",
                waar=str(self.home),
                remedie=f"Voer uit: chmod 700 {self.home}",
            )
        for folder in _FOLDERS:
            (self.home / folder).mkdir(exist_ok=True, mode=0o700)


def _as_gebruiksfout(error: ValidationError) -> Gebruiksfout:
    names = sorted(
        {".".join(str(part) for part in item["loc"]) for item in error.errors(include_input=False)}
    )
    unknown = any(item["type"] == "extra_forbidden" for item in error.errors(include_input=False))
    return Gebruiksfout(
        f"{'Onbekende' if unknown else 'Ongeldige'} instelling: {', '.join(names)}.",
        waar=f"{BESTAND} of OA_-variabele",
        remedie="Kies uit: " + ", ".join(sorted(Settings.model_fields)) + ".",
    )
