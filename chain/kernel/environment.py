"""Settings under what the environment says of them: ``YINXIN_LEDGER__QUORUM=2`` is ``quorum`` in section ``ledger``.

Loaded only where the environment says something: the library takes as long to load as a tenth of a short command.
"""

from __future__ import annotations

from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from chain.kernel.home import Settings


class _Variables(EnvSettingsSource):
    """Lists and whole sections stand as JSON; what is no JSON stays text, so that its own setting is named as wrong."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class SettingsHere(Settings, BaseSettings):
    """The settings, each variable before the value given."""

    # Said again: configurations are merged base after base, and that of BaseSettings, the last, forbids.
    model_config = SettingsConfigDict(env_prefix="YINXIN_", env_nested_delimiter="__", extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before the file given by :meth:`chain.kernel.home.Home.settings`."""
        return (_Variables(settings_cls), init_settings)
