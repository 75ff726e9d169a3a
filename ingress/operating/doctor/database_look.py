"""Looks at the database of the log: its settings, and which of ours mean nothing with it."""

from events.database.durability import look_at
from ingress.operating.doctor.finding import Finding, Findings
from ingress.settings import Settings

# With a database these are read, and nothing comes of them.
_WITHOUT_MEANING = {
    "PAYLOAD_STORAGE_PATH": "the log lies in the database",
    "AUDIO_MP3": "no recording is written as a file",
    "FILE_WATCHER": "the database rings when the log grows",
    "FREE_FILES_MIN": "a database sets no limit",
}
_CHECK = "`events database check` says what it costs; docs/many-machines.md how to set it."


def look_at_database(settings: Settings) -> list[Finding]:
    """Return what is to be said of the database; nothing where log and memories lie in folders."""
    found = Findings("database")
    if settings.database is None:
        return found.found
    try:
        database = settings.database
        looks = look_at(str(settings.log_location), database.standbys_min, read_url=database.read_url)
    except OSError as error:
        found.wrong("DATABASE_URL", str(error), "Start the server, or correct DATABASE_URL.")
    else:
        for look in looks:
            if look.state == "ok":
                found.ok(look.name, f"{look.value}: {look.text}")
            else:
                note = found.wrong if look.state == "wrong" else found.warn
                note(look.name, f"{look.value or 'empty'}: {look.text}", _CHECK)
    for name, why in _WITHOUT_MEANING.items():
        found.skip(name, f"means nothing with DATABASE_URL: {why}", "Nothing to do.")
    text = "is only where a projector notes how it is, for ingress on the same machine"
    found.skip("READ_MODEL_PATH", text, "Nothing to do.")
    return found.found
