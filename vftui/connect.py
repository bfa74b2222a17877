"""From settings to an agent: what the screen and `vftui send` do alike."""

from __future__ import annotations

from vftui.client import HttpAgent
from vftui.errors import NotConfigured
from vftui.recording import Journal, Recording
from vftui.run import now
from vftui.secrets import remember
from vftui.settings import Settings
from vftui.wire.dialects import Target

SESSION_ID = "vftui"
"""v2beta1 keeps a conversation per user and session; with one session it is per user."""


def agent_of(settings: Settings) -> HttpAgent:
    """The agent that the settings name; `NotConfigured` without a key or a project."""
    if settings.api_key is None or settings.project is None:
        missing = "API key" if settings.api_key is None else "project"
        name = "VF_API_KEY" if settings.api_key is None else "VF_PROJECT_ID"
        raise NotConfigured(f"There is no {missing}.", f"Set {name}, or try: vftui demo")
    key = settings.api_key.get_secret_value()
    remember(key)
    return HttpAgent(
        Target(
            settings.base_url, settings.project, settings.environment, settings.user, SESSION_ID
        ),
        settings.api,
        key,
        idle_timeout=settings.timeout,
        allow_insecure=settings.insecure_http,
    )


def begin(recording: Recording, settings: Settings, title: str) -> Journal:
    """Begin to record a conversation of these settings."""
    return recording.begin(
        title=title,
        api=settings.api,
        started=now(),
        project=settings.project or "",
        environment=settings.environment,
        user=settings.user,
    )
