"""The kinds of break: what each is by nature; how often it comes is for the settings to say."""

from __future__ import annotations

from typing import Final

from deskbreak.core.model import KindRules

# Source: E-01, E-07 and E-12 for a full break that covers the smaller ones (folds) and for rest
# that counts as a break; E-13 for what is a change of position; E-39 for posture, which asks once
# and lets go; E-28 for a reminder that offers something to do.
KIND_TABLE: Final = (
    KindRules(
        name="stretch",
        rank=1,
        folds=frozenset({"position", "eyes"}),
        moves=frozenset({"posture"}),
        rest_counts=True,
        reminds=True,
        reminder_offers_guide=True,
        guide=True,
        taken_is_change=True,
    ),
    KindRules(
        name="position",
        rank=2,
        folds=frozenset({"eyes"}),
        rest_counts=True,
        reminds=True,
        guide=True,
        taken_is_change=True,
        credit_is_change=True,
    ),
    KindRules(name="posture", rank=3),
    KindRules(name="eyes", rank=4, rest_counts=True),
    KindRules(name="massage", rank=5, guide=True),
    KindRules(name="habit", rank=6, guide=True, daily=True),
)
"""Every kind, by rank; `deskbreak.core.rules` puts the settings into these rows."""
