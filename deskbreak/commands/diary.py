"""What was recorded, played with other settings or told as a timeline: no agent is needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from deskbreak.commands.agent import history
from deskbreak.commands.config import user_settings
from deskbreak.commands.output import (
    DONE,
    WITH_PROBLEMS,
    WRONG_USAGE,
    Failed,
    complain,
    facts,
    say,
    write,
)
from deskbreak.core import timeline_text
from deskbreak.core.lines import printable
from deskbreak.core.model import Presence
from deskbreak.core.rules import rules
from deskbreak.core.settings import BadSetting, parse_value
from deskbreak.core.timeline import LONGEST_S, Stretch
from deskbreak.core.words import N_, said, spoken
from deskbreak.storage import files
from deskbreak.storage.recorded import WEEK, recorded

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, timedelta

    from deskbreak.core.timeline import Timeline
    from deskbreak.core.words import Said, Words
    from deskbreak.storage.recorded import Recorded


def _recorded(
    day_starts_s: int, length: timedelta, first: date | None = None, last: date | None = None
) -> Recorded:
    """Read the days from *first* to *last*, as `recorded` does, of this user."""
    from deskbreak.storage.store import Store

    with Store.open(history(), files.places().latest, read_only=True) as store:
        return recorded(store, day_starts_s, length, first, last)


def _with_problems(problems: Iterable[Said], words: Words) -> int:
    """List *problems*; return the exit status that goes with them."""
    status = DONE
    for problem in problems:
        complain(spoken(problem, words))
        status = WITH_PROBLEMS
    return status


# ── tune ───────────────────────────────────────────────────────────────────────────────────


def _tune(arguments: argparse.Namespace, words: Words) -> int:
    from deskbreak.core import diary, tune, tune_text

    values = dict(map(_typed, arguments.settings))
    now = user_settings().load()
    tried = tune.tried(now, values)
    made, other = rules(now, ()), rules(tried, ())
    found = _recorded(made.day_starts_s, arguments.weeks * WEEK)
    shares = tune.shares(found.episodes, (kind.name for kind in made.kinds))
    weeks: Sequence[Timeline]
    if found.days and any(span.presence is Presence.DESK for span in found.spans):
        weeks, count = [diary.presence(found.spans, found.episodes, made)], arguments.weeks
        last = found.days[1]
    else:
        weeks, last = files.sample_weeks(), None
        count = len(weeks)
    compared = tune.compare(weeks, made, other, shares)
    tuned = tune_text.Tuned(compared, now, tried, tuple(values), count, last)
    if arguments.json:
        facts(tune_text.tune_json(tuned))
    else:
        say(*tune_text.tune_lines(tuned, words))
    return _with_problems((*now.problems, *found.problems), words)


def _typed(text: str) -> tuple[str, object]:
    """Return key and value of ``KEY=VALUE``."""
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        sentence = N_('"{text}" sets nothing; write it as position.interval_minutes=25')
        raise Failed(said(sentence, text=text), status=WRONG_USAGE)
    try:
        return key, parse_value(key, value)
    except BadSetting as bad:
        raise Failed(bad.why, status=WRONG_USAGE) from None


# ── export ─────────────────────────────────────────────────────────────────────────────────


def export_timeline(arguments: argparse.Namespace, words: Words) -> int:
    """Print days in the timeline language."""
    from deskbreak.core import diary

    resolved = user_settings().load()
    made = rules(resolved, ())
    first, last = getattr(arguments, "from"), arguments.to
    found = _recorded(made.day_starts_s, WEEK, first, last)
    if not found.spans:
        raise Failed(_nothing(found))
    told = diary.happened(found.spans, found.episodes, made)
    if sum(line.seconds for line in told.lines if isinstance(line, Stretch)) > LONGEST_S:
        raise Failed(
            said(N_("These days are more than 3 years, which no timeline can be.")),
            said(N_("Choose fewer with --from and --to")),
        )
    changed = diary.settings(resolved, private=arguments.person)
    told = replace(told, lines=(*changed, *told.lines))
    for line in _head(found, words, private=arguments.person):
        write(f"# {line}\n")
    write(timeline_text.write(told))
    return _with_problems((*resolved.problems, *found.problems), words)


def _nothing(found: Recorded) -> Said:
    if found.problems:
        return found.problems[0]
    if found.days is None:
        return said(N_("nothing is recorded yet"))
    first, last = found.days
    return said(N_("nothing is recorded from {first} to {last}"), first=first, last=last)


def _head(found: Recorded, words: Words, *, private: bool) -> list[str]:
    """Return what stands above the timeline."""
    _ = words.gettext
    assert found.days is not None
    first, last = found.days
    left_out = _(
        "Short pauses in the typing are not recorded, and settings under person are left out."
    )
    if private:
        left_out = _("Short pauses in the typing are not recorded.")
    told = _("What deskbreak recorded from {first} to {last}.").format(first=first, last=last)
    return printable([told, left_out])


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Words], int]]] = {"tune": _tune}
