"""Runs `ingress doctor`: looks at everything, and prints one line for each."""

import time
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import msgspec

from events.errors import SettingsError
from events.process.command import FOUND_SOMETHING, echo_json
from events.process.environment import Environment
from events.process.screen.lines import Screen
from events.process.terminal import count_of
from ingress.operating.account import Account
from ingress.operating.doctor.database_look import look_at_database
from ingress.operating.doctor.disk_look import look_at_disks
from ingress.operating.doctor.finding import WARNING, WRONG, Finding, Findings
from ingress.operating.doctor.public_look import Dates, date_of, look_at_address
from ingress.operating.doctor.service_look import look_at_clock, look_at_service
from ingress.operating.doctor.settings_look import look_at_settings
from ingress.operating.doctor.vendor_look import Vendor, look_at_vendor
from ingress.operating.setup.record import read_record
from ingress.operating.setup.settings import read_api
from ingress.settings import Settings


def diagnose(
    variables: Mapping[str, str], folder: Path, *, url: str | None, agent_ids: tuple[str, ...], body_mb: int
) -> list[Finding]:
    """
    Return everything that was found, in groups.

    Args:
        folder: where `.env` and the record of `ingress setup` lie.
        url: the public address; None looks at none.
        agent_ids: the agents to look at; with none, all of the workspace that have to do with us.
        body_mb: how large a body is sent through the public address, in MiB.
    """
    settings, found = look_at_settings(variables, folder / ".env")
    if settings is None:
        rest = Findings("the rest")
        rest.skip("the rest", "was not looked at", "Set the settings right first.")
        return [*found, *rest.found]
    dates: Dates = []
    found += look_at_database(settings) or look_at_disks(settings)
    found += look_at_service(settings)
    if url is None:
        public = Findings("public address")
        public.skip("public address", "was not looked at", "Give --url, the address that ElevenLabs has.")
        found += public.found
    else:
        found += look_at_address(settings, url, body_mb=body_mb, dates=dates)
    found += _look_at_account(settings, variables, folder, url=url, agent_ids=agent_ids, dates=dates)
    return found + look_at_clock(dates)


def tell(found: list[Finding], *, is_json: bool) -> int:
    """Print the findings, and return the exit code: 1 if anything is wrong."""
    wrong, warnings = (sum(one.state == state for one in found) for state in (WRONG, WARNING))
    if is_json:
        echo_json(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        screen = Screen()
        for group, findings in groupby(found, key=lambda one: one.group):
            screen.heading(group)
            for one in findings:
                screen.line(one.state, one.subject, one.text, then=one.then)
        screen.text(f"{count_of(wrong, 'thing')} wrong, {count_of(warnings, 'warning')}.")
    return FOUND_SOMETHING if wrong else 0


def _look_at_account(
    settings: Settings,
    variables: Mapping[str, str],
    folder: Path,
    *,
    url: str | None,
    agent_ids: tuple[str, ...],
    dates: Dates,
) -> list[Finding]:
    found, env = Findings("ElevenLabs"), Environment(variables)
    api = read_api(env, required=bool(agent_ids))
    try:
        env.check()
        record = read_record(folder)
    except SettingsError as error:
        for fault in error.faults:
            found.wrong("settings", fault, "Correct it in .env, or in the environment.")
        return found.found
    if not api.key:
        text = "was not asked: ELEVENLABS_API_KEY is not set"
        found.skip("ElevenLabs", text, "Set it to have that side looked at as well.")
        return found.found
    account = Account(api.key, api.base_url)
    try:
        return look_at_vendor(Vendor(account=account, settings=settings, record=record, url=url, agent_ids=agent_ids))
    finally:
        account.close()
        moment = date_of(account.date)
        if moment is not None:
            dates.append(("ElevenLabs", moment, time.time()))
