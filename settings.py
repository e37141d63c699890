"""Every knob of the hotline, once, with its help text; read from the environment or a `.env` file.

Never does: connect to anything, create files, or hold a value that another module also decides.
All faults of a configuration are reported together, in one message (`load_settings`).
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
STARTER_MODELS = ROOT / "speech" / "starter"
MODELS_IN_USE = "in-use.toml"  # in Settings.models_dir: hi = "vosk-model-small-hi-0.22", a folder there, or a path


class SettingsFault(Exception):
    """The configuration cannot be used; the message names every faulty variable and how to mend it."""


class Settings(BaseSettings):
    """What an operator may decide. Each field is the variable HOTLINE_<NAME> unless it says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_",
        env_file=ROOT / ".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
    )

    # --- where things lie
    var_dir: Path = Field(ROOT / "var", description="Folder for everything this machine writes (created, private).")
    database_url: str = Field(
        "", description="postgresql+psycopg://user:password@host/name; empty: SQLite in the var folder."
    )
    redis_url: str = Field("", description="redis://host:6379/0; empty: an embedded server started by serve and demo.")
    media_url: str = Field(
        "", description="file:///path or s3://bucket/prefix for sealed sound; empty: the var folder."
    )
    keys_dir: Path | None = Field(None, description="Folder of the key files; empty: keys/ in the var folder.")

    # --- the telephone number
    public_url: str = Field(
        "http://127.0.0.1:8000", description="Address under which Twilio reaches us, exactly as set at the number."
    )
    twilio_account_sid: str = Field(
        "",
        validation_alias=AliasChoices("TWILIO_ACCOUNT_SID", "twilio_account_sid"),
        description="AC... of the account.",
    )
    twilio_auth_token: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("TWILIO_AUTH_TOKEN", "twilio_auth_token"),
        description="Signs webhooks and opens the REST API.",
    )
    twilio_api_url: str = Field("https://api.twilio.com", description="Base of the REST API.")
    twilio_number: str = Field(
        "",
        description="The hotline's own number, +91...; for `twilio setup`. Empty: messages and calls whose webhook was "
        "lost are not looked for.",
    )

    whatsapp_number: str = Field(
        "",
        description="Where people write on WhatsApp, +91...; for posters, and said at the end of calls "
        "about things of which there are pictures. Empty: WhatsApp is not offered.",
    )

    # --- listening
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    web_processes: int = Field(2, ge=1, le=64, description="Web server processes.")
    web_threads: int = Field(4, ge=1, le=256, description="Threads in each web server process.")
    worker_processes: int = Field(2, ge=1, le=256, description="Transcription workers on this host (one per core).")
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Opens /metrics and the details of /readyz (Authorization: Bearer ...). Empty: shown to this "
        "machine and its private network only, and only while HOTLINE_PUBLIC_URL is a local address.",
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="Proxies in front of us whose X-Forwarded-For tells who signs in (for throttling)."
    )
    development: bool = Field(False, description="Opens /phone, the built-in telephone. Never on a public host.")

    # --- speech
    model_hi: Path | None = Field(
        None, description="Folder of the Hindi Vosk model; empty: what `models use` chose, else the starter model."
    )
    model_en: Path | None = Field(None, description="Folder of the English Vosk model; empty: likewise.")
    language_doubt: float = Field(
        0.94, ge=0, le=1, description="A recording understood less surely than this is heard in the other language too."
    )
    models_url: str = Field(
        "https://alphacephei.com/vosk/models", description="Where `models fetch` finds the official models."
    )

    # --- the work
    max_recording_seconds: int = Field(600, ge=10, description="Longer recordings are kept as stuck, not transcribed.")
    max_media_mb: int = Field(
        25,
        ge=1,
        le=100,
        description="Files of messages larger than this (MiB) are not fetched, but shown as too large.",
    )
    disk_reserve_mb: int | None = Field(
        None,
        ge=0,
        description="Free space (MiB) of the media folder's disk that is kept for calls: below it, files of messages "
        "but voice notes are left at the provider. Empty: 5 % of the disk, 2048 to 10240. S3: not used.",
    )
    max_media_minutes: int = Field(
        15,
        ge=1,
        description="Minutes of work on the files of one tip; further films and long sounds are sealed and wait until "
        "an officer asks for them.",
    )
    lease_seconds: int = Field(60, ge=2, description="A worker silent for so long has lost its tip to another.")
    call_silence_minutes: int = Field(
        15, ge=1, description="A call not heard of for so long is taken as ended and its tip is sent on."
    )
    text_silence_minutes: int = Field(
        30, ge=1, description="An exchange of messages silent for so long is over and its tip is sent on."
    )
    text_messages_per_hour: int = Field(
        60, ge=1, description="Messages of one sender in an hour that are answered; further ones are only kept."
    )
    sweep_seconds: int = Field(30, ge=1, description="How often the database is searched for forgotten work.")
    erasure_overdue_hours: int = Field(1, ge=1, description="Provider copies older than this are reported as overdue.")
    keep_original_days: int = Field(30, ge=0, description="Days until the sealed original recording is destroyed.")
    keep_closed_days: int = Field(180, ge=1, description="Days after which a closed tip's content is destroyed.")
    code_tries_per_caller: int = Field(5, ge=1, description="Reference-code tries a caller has in a day.")
    code_tries_in_all: int = Field(
        500, ge=1, description="Wrong reference codes accepted in a day; as many again from withheld numbers."
    )
    reviewer_office: str = Field("HQ", description="Office that receives what no other office may or can receive.")

    # --- officers
    session_hours: int = Field(8, ge=1, le=72, description="Hours after which an officer must sign in again.")
    secure_cookies: bool | None = Field(None, description="Force Secure cookies; empty: when PUBLIC_URL is https.")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Host names the console answers to, comma separated; empty: any."
    )

    @field_validator("var_dir", "keys_dir", "model_hi", "model_en")
    @classmethod
    def _from_root(cls, path: Path | None) -> Path | None:
        return ROOT / path.expanduser() if path is not None else None  # a relative path begins at this folder

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        if url.startswith("postgres://"):
            url = "postgresql://" + url.removeprefix("postgres://")
        if url.startswith("postgresql://"):
            url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
        if url and not url.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return url

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("public_url", "twilio_api_url", "models_url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("must be like https://host or https://host/prefix, without a query")
        return url.rstrip("/")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        return [host.strip() for host in value.split(",") if host.strip()] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _token_with_account(self) -> "Settings":
        if bool(self.twilio_account_sid) != bool(self.twilio_auth_token.get_secret_value()):
            raise ValueError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN go together: set both or neither")
        return self

    @property
    def database(self) -> str:
        """The database address in use."""
        return self.database_url or f"sqlite:///{self.var_dir.resolve() / 'hotline.db'}"

    @property
    def media(self) -> str:
        """The media store in use, as an fsspec address."""
        return self.media_url or f"file://{self.var_dir.resolve() / 'media'}"

    @property
    def keys(self) -> Path:
        """The folder of key files in use."""
        return self.keys_dir or self.var_dir / "keys"

    @property
    def embedded_queue(self) -> bool:
        """Whether serve and demo start a queue server of their own."""
        return not self.redis_url

    @property
    def models_dir(self) -> Path:
        """Where fetched models lie, and the file that says which are in use."""
        return self.var_dir.resolve() / "models"

    def model_folder(self, language: Literal["hi", "en"] | str) -> Path:
        """The Vosk model folder of a language ("hi" or "en"), as it is to be from now on.

        HOTLINE_MODEL_<LANGUAGE> wins; then what `./hotline models use` wrote, looked up at every call, so that a
        change needs no restart; then the starter model.
        """
        return {"hi": self.model_hi, "en": self.model_en}[language] or self._chosen(language)

    def starters(self) -> tuple[str, ...]:
        """The languages whose starter model is in use: good for showing the product, not for work."""
        return tuple(one for one in ("hi", "en") if is_starter(self.model_folder(one)))

    def _chosen(self, language: str) -> Path:
        file = self.models_dir / MODELS_IN_USE
        try:
            name = tomllib.loads(file.read_text(encoding="utf-8")).get(language)
        except FileNotFoundError:
            name = None
        except (OSError, ValueError):
            return file  # not a model, and refused as one by name: never quietly the starter model instead
        return self.models_dir / str(name) if name else STARTER_MODELS / language


def is_starter(folder: Path) -> bool:
    """Whether a model folder is one of the starter models that come with the hotline."""
    return folder.resolve().parent == STARTER_MODELS.resolve()


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment and .env, or SettingsFault naming every fault at once.

    HOTLINE_ENV_FILE names another file than .env; /dev/null: none.
    """
    try:
        return Settings(_env_file=os.environ.get("HOTLINE_ENV_FILE", ROOT / ".env"), **overrides)  # type: ignore[arg-type,call-arg]
    except ValidationError as fault:
        lines = [
            f"  {_variable(error['loc'])}: {error['msg'].removeprefix('Value error, ')}" for error in fault.errors()
        ]
        raise SettingsFault("The settings cannot be used:\n" + "\n".join(lines)) from None


def _variable(location: tuple[int | str, ...]) -> str:
    name = ".".join(str(part) for part in location) or "environment"
    return name if name.startswith("TWILIO_") or name == "environment" else f"HOTLINE_{name.upper()}"
