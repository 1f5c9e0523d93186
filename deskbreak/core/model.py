"""The vocabulary of deskbreak: moments, facts, events, episodes, effects, state and rules."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo  # noqa: TC003 - the saved state is read by these
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from deskbreak.core.content import Person
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.schedule import wall_at

if TYPE_CHECKING:
    from deskbreak.core.content import Index
    from deskbreak.core.schedule import WorkingHours


class Presence(enum.StrEnum):
    """Where the person is, as far as the computer can know."""

    DESK = "desk"
    AWAY = "away"
    LOCKED = "locked"
    ASLEEP = "asleep"
    OFF = "off"


class Hold(enum.StrEnum):
    """A reason not to prompt now, in the order in which one of several is named."""

    CALL = "call"
    DND = "dnd"
    FULLSCREEN = "fullscreen"
    SHARE = "share"
    PRESENTATION = "presentation"
    PAUSED = "paused"
    HOURS = "hours"


PERSON_IS_HERE: Final = frozenset({Hold.CALL, Hold.SHARE, Hold.PRESENTATION})
"""Holds under which somebody is at the desk without touching it."""


class Reason(enum.StrEnum):
    """Why a prompt left the screen, or why only the tray speaks: the holds, then absences, then us."""

    CALL = "call"
    DND = "dnd"
    FULLSCREEN = "fullscreen"
    SHARE = "share"
    PRESENTATION = "presentation"
    PAUSED = "paused"
    HOURS = "hours"
    LOCKED = "locked"
    ASLEEP = "asleep"
    OFF = "off"
    POSTPONE = "postpone"
    MISSED = "missed"


class Choice(enum.StrEnum):
    """What a person can answer to a prompt."""

    DONE = "done"
    POSTPONE = "postpone"
    SKIP = "skip"
    NOT_FOR_ME = "not-for-me"
    START = "start"


class Following(enum.StrEnum):
    """What a page does with the steps of the open prompt."""

    BEGUN = "begun"  # or gone on with, after a pause
    GOING = "going"  # a sign of life, now and then
    PAUSED = "paused"  # or opened, and not yet begun: the page shows the prompt
    CLOSED = "closed"
    ENDED = "ended"  # all seconds of all steps are over


class Outcome(enum.StrEnum):
    """How an episode ended; it ends in exactly one of these."""

    TAKEN = "taken"
    NATURAL = "natural"
    SKIPPED = "skipped"
    MISSED = "missed"
    UNDELIVERED = "undelivered"


class By(enum.StrEnum):
    """What showed that a break was taken."""

    ANSWER = "answer"
    GUIDE = "guide"
    REST = "rest"


class Phase(enum.Enum):
    """Where an open episode stands."""

    OFFERED = "offered"  # handed to delivery, which has not said yet whether it is on the screen
    SHOWN = "shown"
    GUIDED = "guided"  # on the screen, with its steps being followed
    POSTPONED = "postponed"
    WAITING = "waiting"  # withdrawn by a hold, a lock, a sleep; comes back by itself
    FAILED = "failed"  # no channel could show it; tried again


@quick_dataclass(frozen=True, slots=True)
class Moment:
    """One instant on both clocks.

    ``boot_s`` is for durations (it goes on during suspend, and never steps); ``unix_s`` with
    ``zone`` is for dates and records. Kept as numbers because two datetimes of one zone
    subtract to a wrong length over a change to summer time.
    """

    boot_s: float
    unix_s: float
    zone: tzinfo

    @property
    def wall(self) -> datetime:
        """The date and time that a clock on the wall shows."""
        # To the millisecond: sums of floats may end a hair before a full hour.
        return wall_at(round(self.unix_s, 3), self.zone)

    def on(self, boot_s: float) -> Moment:
        """Return the moment at *boot_s*, if the wall clock ran evenly in between."""
        if boot_s == self.boot_s:
            return self  # as often as not it is the moment that one has
        return Moment(boot_s, self.unix_s + (boot_s - self.boot_s), self.zone)


@quick_dataclass(frozen=True, slots=True)
class Facts:
    """What the desktop says at one instant."""

    idle_s: float | None  # since the last input; None where nothing can tell
    locked: bool = False
    asleep: bool = False
    holds: frozenset[Hold] = frozenset()


# ── events: what happened ──────────────────────────────────────────────────────────────────


@quick_dataclass(frozen=True, slots=True)
class Started:
    """The agent runs (again); ``alive_boot_s`` is when the last one was last known to run."""

    at: Moment
    facts: Facts
    alive_boot_s: float | None = None
    off_is_known: bool = True  # False: the clocks do not tell how long it was off


@quick_dataclass(frozen=True, slots=True)
class Observed:
    """The facts at an instant: a port reported something, or the engine's next look came."""

    at: Moment
    facts: Facts
    slept_s: float = 0.0  # unannounced sleep since the last: boot clock ahead of monotonic


@quick_dataclass(frozen=True, slots=True)
class Stopped:
    """The agent ends in good order."""

    at: Moment


@quick_dataclass(frozen=True, slots=True)
class Shown:
    """A prompt is on the screen."""

    at: Moment
    episode: int
    showing: int


@quick_dataclass(frozen=True, slots=True)
class Undelivered:
    """No channel could show a prompt."""

    at: Moment
    episode: int
    showing: int


@quick_dataclass(frozen=True, slots=True)
class Answered:
    """The person chose; ``episode`` None means the open one."""

    at: Moment
    choice: Choice
    episode: int | None = None


@quick_dataclass(frozen=True, slots=True)
class Followed:
    """A page said what it does with the steps of *episode*; hear it again by ``alive_until_s``."""

    at: Moment
    episode: int
    how: Following
    alive_until_s: float  # boot clock; a page that goes on and is silent for longer was closed


@quick_dataclass(frozen=True, slots=True)
class Asked:
    """The person wants a break of this kind now."""

    at: Moment
    kind: str


@quick_dataclass(frozen=True, slots=True)
class Until:
    """When a pause ends: on the boot clock, at a local time of any zone, or (neither) never."""

    boot_s: float | None = None
    local: datetime | None = None  # naive: the time that the wall clock will show


@quick_dataclass(frozen=True, slots=True)
class Paused:
    """The person asked for quiet."""

    at: Moment
    until: Until


@quick_dataclass(frozen=True, slots=True)
class Resumed:
    """The person ended the pause."""

    at: Moment


@quick_dataclass(frozen=True, slots=True)
class Read:
    """The person says "I was reading": the last absence was none."""

    at: Moment


Event = (
    Started
    | Observed
    | Stopped
    | Shown
    | Undelivered
    | Answered
    | Followed
    | Asked
    | Paused
    | Resumed
    | Read
)


# ── rows: what is kept ─────────────────────────────────────────────────────────────────────


@quick_dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with one presence and one set of holds; never longer than its day."""

    start: Moment
    end: Moment
    presence: Presence
    holds: frozenset[Hold] = frozenset()
    # An absence counted as a change of position: during this span or, at the desk, at its start.
    change: bool = False

    @property
    def seconds(self) -> float:
        """How long it was, on the boot clock."""
        return self.end.boot_s - self.start.boot_s


@quick_dataclass(frozen=True, slots=True)
class Episode:
    """One due break, from due to its one outcome."""

    id: int
    kind: str
    due: Moment
    phase: Phase
    folded: tuple[str, ...] = ()
    asked: bool = False
    prompt: str | None = None  # id in the pack; None where no text is left to choose
    showing: int = 0  # counts what was handed to delivery; a late report of an old one is void
    reported: int = 0  # the last showing of which delivery said that it is on the screen
    shown: Moment | None = None  # first time on the screen
    shown_boot_s: float = 0.0  # last time it (or its reminder) came to the screen: rest
    patience_from_s: float = 0.0  # shown at the desk since then: reminder and patience
    reminders: int = 0
    postponed: int = 0
    back_at_s: float = 0.0  # POSTPONED: not before this; WAITING: since then
    failures: int = 0
    guide_until_s: float = 0.0  # then its steps are over; on a page: it is taken for closed
    paged: bool = False  # SHOWN, GUIDED: by a page, and by no notification
    rest_void: bool = False  # withdrawn by something that is no absence: rest counts no more
    outcome: Outcome | None = None
    by: By | None = None
    ended: Moment | None = None
    change: bool = False  # its end was a change of position
    kind_off: bool = False  # asked for although its kind is switched off


# ── effects: what is to be done ────────────────────────────────────────────────────────────


@quick_dataclass(frozen=True, slots=True)
class Prompt:
    """Show this episode; answer with `Shown` or `Undelivered`."""

    at: Moment
    episode: Episode

    @property
    def is_reminder(self) -> bool:
        """Whether it is on the screen already, and is shown once more."""
        return self.episode.phase is Phase.SHOWN


@quick_dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the prompt from the screen; the episode goes on."""

    at: Moment
    episode: Episode
    reason: Reason


@quick_dataclass(frozen=True, slots=True)
class Mark:
    """Let the tray say that a break is due; nothing else."""

    at: Moment
    kind: str
    reason: Reason
    episode: int | None


@quick_dataclass(frozen=True, slots=True)
class Guide:
    """Show the steps of this episode's prompt; if a page does that, nothing beside it."""

    at: Moment
    episode: Episode


@quick_dataclass(frozen=True, slots=True)
class Hide:
    """Never choose this prompt again (until the settings say otherwise)."""

    prompt: str


@quick_dataclass(frozen=True, slots=True)
class Log:
    """Keep this ended episode, and take it from the screen."""

    episode: Episode


@quick_dataclass(frozen=True, slots=True)
class Record:
    """Keep this span."""

    span: Span


@quick_dataclass(frozen=True, slots=True)
class Undo:
    """Strike these episodes; between the two instants away time was desk time, without a change.

    A change at the desk is said by the span that begins with it, which may end after them.
    """

    episodes: tuple[int, ...]
    start: Moment
    end: Moment


Effect = Prompt | Withdraw | Mark | Guide | Hide | Log | Record | Undo


# ── rules: the settings, as the engine wants them ──────────────────────────────────────────


@quick_dataclass(frozen=True, slots=True)
class CycleStage:
    """One stage of a kind that goes round, as sitting, standing and moving do."""

    interval_s: float
    prompts: bool  # False: at its end the cycle begins anew without a word
    content: str = ""  # which prompts of the pack lead to the next stage: ``cycle`` there


@quick_dataclass(frozen=True, slots=True)
class KindRules:
    """One row of the table of kinds: its nature, then its settings (seconds)."""

    name: str
    rank: int
    folds: frozenset[str] = frozenset()  # and clears, when taken
    moves: frozenset[str] = frozenset()
    rest_counts: bool = False
    reminds: bool = False
    reminder_offers_guide: bool = False
    guide: bool = False
    daily: bool = False  # due once a day by the day's desk time, not by held time
    taken_is_change: bool = False  # a position change, in the statistics
    credit_is_change: bool = False
    enabled: bool = True
    interval_s: float = 1200.0
    duration_s: float = 30.0
    credit_idle_s: float = 120.0
    credit_lock_s: float = 30.0
    daily_cap: int = 16
    postpone_s: float = 300.0
    postpone_max: int = 2
    patience_s: float = 600.0
    first_after_break_s: float = 0.0
    cycle: tuple[CycleStage, ...] = ()


@dataclass(frozen=True)
class Rules:
    """Everything that a step needs to know besides the state and the event. Durations in seconds."""

    kinds: tuple[KindRules, ...]  # by rank
    holds: frozenset[Hold] = frozenset(Hold)  # those that the settings let count
    away_after_s: float = 120.0
    daily_cap: int = 30
    max_per_hour: int = 4
    min_gap_s: float = 720.0
    fold_window_s: float = 480.0
    quiet_s: float = 600.0
    lull_s: float = 5.0
    lull_limit_s: float = 120.0
    reminder_s: float = 300.0
    advance_s: float = 30.0
    skips_before_backoff: int = 3
    backoff_factor: float = 1.5
    deferral_s: float = 2700.0
    day_starts_s: int = 4 * 3600  # after local midnight
    hours: WorkingHours | None = None
    person: Person = field(default_factory=Person)
    index: Index = ()
    # A look that comes later than this was no silence but an absence. Real time: a clock that
    # runs N times as fast makes an ordinary hiccup of the machine N times as long.
    late_s: float = 90.0
    # Two readings of one last input differ by this at most.
    noise_s: float = 0.2
    # The guide lasts as long as the prompt's steps; where steps are not played, `duration_s`.
    guide_follows_steps: bool = True

    def __post_init__(self) -> None:
        """Prepare what every step looks up."""
        object.__setattr__(self, "on", tuple((n, k) for n, k in enumerate(self.kinds) if k.enabled))
        object.__setattr__(self, "cyclic", tuple(n for n, kind in self.on if kind.cycle))
        object.__setattr__(self, "place", {kind.name: n for n, kind in enumerate(self.kinds)})
        early = {k.credit_idle_s for k in self.kinds if 0 < k.credit_idle_s < self.away_after_s}
        object.__setattr__(self, "always_marks", frozenset(early | {self.away_after_s}))
        object.__setattr__(self, "least_mark_s", min(self.always_marks))
        idle = sorted((k.credit_idle_s, n) for n, k in enumerate(self.kinds) if k.credit_idle_s)
        lock = sorted((k.credit_lock_s, n) for n, k in enumerate(self.kinds) if k.credit_lock_s)
        object.__setattr__(self, "by_credit_idle", tuple(idle))
        object.__setattr__(self, "by_credit_lock", tuple(lock))

    on: tuple[tuple[int, KindRules], ...] = field(init=False, repr=False, compare=False)
    cyclic: tuple[int, ...] = field(init=False, repr=False, compare=False)  # of those that are on
    place: dict[str, int] = field(init=False, repr=False, compare=False)
    always_marks: frozenset[float] = field(init=False, repr=False, compare=False)
    least_mark_s: float = field(init=False, repr=False, compare=False)
    # Which absence, and which lock, clears which kind (by place); the shortest first.
    by_credit_idle: tuple[tuple[float, int], ...] = field(init=False, repr=False, compare=False)
    by_credit_lock: tuple[tuple[float, int], ...] = field(init=False, repr=False, compare=False)


# ── state: what happened so far ────────────────────────────────────────────────────────────


@quick_dataclass(frozen=True, slots=True)
class KindState:
    """What the engine remembers of one kind."""

    held_from_s: float  # held time runs since then
    at_rest: bool = False  # credit reached: held time is zero until the person returns
    moved_at_s: float | None = None  # the end of the break that moved it
    stage: int = 0  # of its cycle
    skips: int = 0  # in a row
    skips_day: date | None = None
    backoff_day: date | None = None
    last_was_missed: bool = False
    last_day: date | None = None  # daily kinds: the day of the last episode


@quick_dataclass(frozen=True, slots=True)
class Absence:
    """The absence that is running; it exists from the moment it is known."""

    start_s: float
    settled: bool = False  # long enough, or with a lock, sleep or off in it: no desk time
    lock_s: float = 0.0  # its locked and asleep parts that are over
    lock_since_s: float | None = None  # the one that goes on
    away_s: float = 0.0  # recorded as away so far, today
    changed: bool = False  # counted as a change of position already

    @property
    def had_lock(self) -> bool:
        """Whether it was locked or asleep at some time."""
        return self.lock_since_s is not None or self.lock_s > 0


@quick_dataclass(frozen=True, slots=True)
class Credit:
    """What "I was reading" undoes: the last absence that cleared something."""

    start: Moment
    held_from_s: tuple[float | None, ...]  # per kind, before; None where nothing was cleared
    moved_at_s: tuple[float | None, ...]
    episodes: tuple[int, ...] = ()
    end: Moment | None = None  # the return; None while the absence goes on
    away_s: float = 0.0  # on the day of the return
    stages: tuple[int | None, ...] = ()  # of the cycles


@quick_dataclass(frozen=True, slots=True)
class Showing:
    """A first showing, for gaps and caps."""

    boot_s: float
    day: date
    kind: str


@quick_dataclass(slots=True)
class State:
    """All that the engine knows. Handed-out states are never changed: a step works on a copy.

    Not frozen, because a step sets several of its many fields, and building a frozen value for
    each of them is what makes a simulator slow.
    """

    at: Moment
    facts: Facts
    kinds: tuple[KindState, ...]
    input_s: float  # last known input (boot clock)
    idle_from_s: float  # an absence that begins without a lock begins here
    unlocked_s: float  # input before this was typed at the lock screen
    span_start: Moment  # of the span that is open
    today: date  # the day to which ``at`` belongs
    day_end_s: float  # when it ends
    day_starts_s: int  # the setting that both follow
    absence: Absence | None = None
    outage: Presence | None = None  # OFF or ASLEEP, found out afterwards
    facts_s: float = -math.inf  # when the facts were read
    idle_known: bool = False  # no input since then, or it would be reported
    sheltered: bool = False  # somebody is here without input: call, share, presentation
    span_change: bool = False
    pieces: tuple[Span, ...] = ()  # closed, but the person may prove to have been away
    day_from_s: float = -math.inf  # spans that begin before belong to another day
    desk_s: float = 0.0  # today's desk time in spans recorded
    present_day: date | None = None  # the last day on which the person was at the desk
    returned_s: float | None = None  # start, or end of the last real absence
    quiet_from_s: float | None = None  # end of the last long absence, or the day's first presence
    prompts_since_return: tuple[float, ...] = ()
    holds: frozenset[Hold] = frozenset()  # in force, after the settings
    holds_from_s: float | None = None  # unbroken since
    holds_ended_s: float | None = None
    hold_marked: bool = False  # the tray mark of this unbroken time was given
    pause: Until | None = None
    episode: Episode | None = None
    ready_s: float | None = None  # since then a good moment is waited for
    next_episode: int = 1
    showings: tuple[Showing, ...] = ()
    last_shown_end_s: float | None = None
    failures_in_row: int = 0  # showings that no channel took
    retry_at_s: float = 0.0  # and not before this is the next one tried
    seen: tuple[str, ...] = ()  # prompts, longest unseen first
    mark: Mark | None = None  # the tray's
    credit: Credit | None = None
    next_act_s: float = -math.inf  # nothing happens by itself before
    next_look_s: float | None = None  # nor may anything come to the screen
    marks: frozenset[float] = frozenset()  # idle marks asked for: the return of input is reported

    def copy(self) -> State:
        """Return a state that may be changed without touching this one."""
        return State(*_FIELDS(self))


_FIELDS = attrgetter(*State.__dataclass_fields__)


@quick_dataclass(frozen=True, slots=True)
class Step:
    """What a step answers."""

    state: State
    effects: tuple[Effect, ...]
    next_look_s: float | None  # boot clock; after the event; None: nothing will happen by itself
    idle_marks: frozenset[float]  # seconds without input of which we want to hear


# ── views: what is shown, before anybody draws it ──────────────────────────────────────────


class Icon(enum.StrEnum):
    """What the tray icon says, by shape as well as by colour."""

    WORKING = "working"
    DUE = "due"
    RESTING = "resting"
    PAUSED = "paused"
    PROBLEM = "problem"


PAGES: Final = ("settings", "stats", "guide", "safety", "welcome")
"""The pages, as `open` names them."""


@quick_dataclass(frozen=True, slots=True)
class Command:
    """A wish of the person, from the menu, a notification or the command line.

    Names: answer CHOICE, take [KIND], pause [30m|until 14:00|tomorrow], resume, reading,
    guide [EPISODE WORD], set KEY=VALUE, open PAGE, show [stats], launched NAME [ARGUMENT], quit.
    """

    name: str
    argument: str = ""


@quick_dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu; a separator has no label."""

    key: str  # stable from one drawing to the next, unique among its siblings
    label: str = ""
    command: Command | None = None  # None: cannot be chosen
    enabled: bool = True
    checked: bool | None = None  # None: neither check nor radio item
    radio: bool = False
    children: tuple[MenuEntry, ...] = ()


@quick_dataclass(frozen=True, slots=True)
class TrayView:
    """What the tray shows."""

    icon: Icon
    tooltip: str
    menu: tuple[MenuEntry, ...]


@quick_dataclass(frozen=True, slots=True)
class Button:
    """An answer that a notification offers."""

    choice: Choice
    label: str


@quick_dataclass(frozen=True, slots=True)
class PromptView:
    """What a notification says."""

    episode: int
    showing: int
    kind: str
    title: str
    body: str  # plain text; a channel escapes it where its server reads markup
    buttons: tuple[Button, ...]
    sound: bool = False
