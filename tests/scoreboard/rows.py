"""The rows of the scoreboard: what each puts the program through, and what it has to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its tests say that they fill it by its id."""

    id: str
    title: str
    passes: str
    """What has to be so; its tests hold it."""
    unit: str
    """Of its load."""
    push: int = 0
    """The load at each push; 0: whatever its tests do."""
    long: int = 0
    """The load of a long run; 0: whatever its tests do."""
    elsewhere: str = ""
    """Why this machine cannot run it, where no Linux can."""

    def asked(self, *, long: bool) -> int:
        """Return how much is asked for; 0: no number."""
        return self.long if long else self.push


_ALL: Final = (
    Row(
        "R01",
        "simulated life: people, failing machines, reboots, zones, edits",
        "no rule of the engine is broken; the same seed is the same life",
        *("user-years", 60, 2_000),
    ),
    Row(
        "R02",
        "directed faults: every fault in every phase and presence",
        "each reached; nothing broken",
        "pairs",
    ),
    Row(
        "R03",
        "planted defects: engines that are wrong in one place",
        "each found within 3 user-years, on 19 of 20 seeds; the engine as it is never accused",
        "engines",
    ),
    Row(
        "R04",
        "mutation: the core changed in thousands of small ways",
        "at least 90 % of the changes noticed by the tests",
        "changes",
    ),
    Row(
        "R05",
        "metamorphic: jumps of the clock, restarts, additional looks, saving",
        "prompts and durations as without",
        *("pairs of plays", 200, 6_000),
    ),
    Row(
        "R06",
        "calendar: every zone, every change 2020 to 2037, leap day, week 53",
        "days hold their true length, weeks are the sum of their days, hours open and close once",
        *("zones", 0, 590),
    ),
    Row(
        "R07",
        "steps of the clock under a running agent, ±1 s to ±30 years, start in 1970",
        "next prompt within 5 s; processor < 1 s and memory < 5 MB a step",
        *("steps", 0, 50),
    ),
    Row(
        "R08",
        "suspend and resume",
        "at most one overdue prompt; absence right to 2 s",
        *("nights", 0, 500),
    ),
    Row(
        "R09",
        "kill -9 in the middle of writing",
        "no acknowledged row lost; opens; sums equal",
        *("rows", 0, 200_000),
    ),
    Row(
        "R10",
        "death at every system call on settings, policy, state, database, packs",
        "old or new, nothing torn, nothing left over",
        *("calls", 300, 300),
    ),
    Row(
        "R11",
        "calls on files that fail: ENOSPC, EIO, EACCES, EROFS, EDQUOT",
        "prompts on time; one message for each cause; healthy within 60 s of repair",
        "failed calls",
    ),
    Row(
        "R12",
        "database locked by others",
        "no row lost; nobody waits over 250 ms; under one try a second",
        *("locks", 0, 100),
    ),
    Row(
        "R13",
        "database damaged: bits, truncation, zeros, header, log",
        "starts within 3 s; set aside; one message; 95 % saved where 1 % of the pages is hit",
        *("files", 0, 500),
    ),
    Row(
        "R14",
        "unfriendly homes: network, read-only, full, odd names",
        "usable; no shared log on a network; the message names the path",
        *("homes", 0, 160),
    ),
    Row(
        "R15",
        "malformed settings and policy",
        "last good values; one message a cause; file untouched; nothing raised",
        *("files", 2_200, 100_200),
    ),
    Row(
        "R16",
        "settings edited while the agent runs, in every way editors save",
        "no half file ever in force; settled within 2 s",
        *("edits", 1_000, 1_000),
    ),
    Row(
        "R17",
        "another version beside: newer and older settings, history, door",
        "no key lost; a clear refusal",
        *("cases", 0, 25),
    ),
    Row(
        "R18",
        "notification service killed at random moments",
        "shown within 2 s of its return or 5 s by the next channel; none lost, none twice",
        *("kills", 50, 500),
    ),
    Row(
        "R19",
        "notification service frozen",
        "agent held 250 ms at most; given up after 3 s; at most one copy after the thaw",
        *("freezes", 0, 50),
    ),
    Row(
        "R20",
        "notification service that lies: errors, garbage, rate limit",
        "nothing raised; next channel; outcome kept",
        *("replies", 20, 20),
    ),
    Row(
        "R21",
        "session bus killed, a new one later",
        "time kept; back within 10 s; processor < 1 %",
        *("kills", 0, 50),
    ),
    Row(
        "R22",
        "tray host late, restarted, absent",
        "icon and menu within 5 s of the host; no box; commands work",
        *("hosts", 5, 105),
    ),
    Row(
        "R23",
        "explorer.exe killed",
        "icon within 10 s; no ghosts",
        *("kills", 0, 20),
        elsewhere="needs the shell of Windows, which Wine has not",
    ),
    Row(
        "R24",
        "display dies",
        "clean end within 5 s with the state saved, or goes on without; no spin",
        *("deaths", 0, 20),
    ),
    Row(
        "R25",
        "single instance: racing starts, and after kill -9",
        "exactly one; none blocked",
        *("starts", 0, 600),
    ),
    Row(
        "R26",
        "two users on one computer",
        "nothing shared, nothing read",
        *("tries", 0, 100),
    ),
    Row(
        "R27",
        "package replaced under a running agent",
        "no traceback; restarted within 60 s or said; no state lost",
        *("updates", 0, 30),
    ),
    Row(
        "R28",
        "soak: days of use at 60 times the speed",
        "memory < 1 MB after the first hour; files, threads, handles flat",
        *("hours of use", 0, 72),
    ),
    Row(
        "R29",
        "idle cost beside others, in one run",
        "the figures of docs/performance.md",
        "programs",
    ),
    Row(
        "R30",
        "storm: every outside call fails",
        "logs ≤ 5 MB; one line a cause in 10 min after the third",
        "hours, lines and days",
    ),
    Row(
        "R31",
        "extreme values of settings",
        "in bounds or refused with one message; no more than 2 wake-ups a second",
        *("values", 5_000, 5_000),
    ),
    Row(
        "R32",
        "text: right to left, emoji, control characters, lone surrogates, on every channel",
        "nothing raised; limits kept; no raw control character",
        *("texts", 2_000, 2_000),
    ),
    Row(
        "R33",
        "statistics rebuilt from rows; export and import",
        "rebuilt = stored; what was exported comes in equal",
        *("histories", 0, 1_000),
    ),
    Row(
        "R34",
        "migration of the database, killed at each statement",
        "done or unchanged; a copy first",
        "kills",
    ),
    Row(
        "R35",
        "watchdog: threads of the agent killed or hung",
        "noticed within one period; restarted or shown; no second prompt",
        *("threads", 0, 150),
    ),
    Row(
        "S01",
        "Host header",
        "only the exact one is answered; else 403 without a body",
        *("requests", 200, 200),
    ),
    Row(
        "S02",
        "cross-site requests from a real browser",
        "no change, no readable byte",
        *("tries", 50, 50),
    ),
    Row("S03", "DNS rebinding in a real browser", "none succeeds", *("names", 10, 10)),
    Row(
        "S04",
        "token of the pages: wrong, replayed, expired, timed, looked for",
        "none accepted; nowhere to be found; gone after 10 min",
        *("tokens", 10_100, 10_100),
    ),
    Row(
        "S05",
        "door: other accounts, bad modes, planted sockets, links, names",
        "none accepted; a hijacked path refused; 0700, 0600",
        *("tries", 150, 150),
    ),
    Row(
        "S06",
        "malformed messages at the door and at the pages, slow clients",
        "nothing raised; < 10 MB; prompts on time",
        *("messages", 0, 1_000_000),
    ),
    Row(
        "S07",
        "hostile packs",
        "nothing written outside; no markup, no option; ≤ 2 s, ≤ 64 MB",
        *("packs", 500, 500),
    ),
    Row(
        "S08",
        "terminal output of hostile values",
        "no control character but line feed and tab, no override of direction",
        "outputs",
    ),
    Row(
        "S09",
        "ways around a policy",
        "no locked value changed; seen in status",
        *("ways", 40, 40),
    ),
    Row(
        "S10",
        "privacy: a day under strace, and what lies in the files",
        "no connection but loopback; 0600, 0700; no titles, programs, keys; erase leaves no row",
        "days",
    ),
    Row(
        "S11",
        "supply: audit, hashes, SBOM",
        "no known vulnerability; a lock with hashes that is made again alike",
        "libraries",
    ),
    Row("S12", "headers of every page", "all headers on all routes", "routes"),
)

ROWS: Final = {row.id: row for row in _ALL}
"""Every row by its id, in order."""
