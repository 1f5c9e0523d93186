from __future__ import annotations

from deskbreak.core.words import N_, Refusal, said, spoken


class Bracketed:
    """A language in which every translation stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"[{message}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"[{msgid1 if n == 1 else msgid2}]"


def test_given_a_sentence_within_a_sentence_then_both_are_translated_and_values_are_not() -> None:
    """A reason is in the language of the line that it stands in; a name is the same in all."""
    why = said(N_("{name} did not answer"), name="tray")
    sentence = said(N_("{why}, {count} times"), why=why, count=3)

    assert "[[tray did not answer], 3 times]" == spoken(sentence, Bracketed())
    assert "tray did not answer, 3 times" == str(sentence)


def test_given_a_refusal_then_it_keeps_both_sentences_and_is_logged_in_english() -> None:
    """Who catches it can say why and what to do; a log has the reason alone."""
    why, remedy = said(N_("{file} is not there"), file="a.toml"), said(N_("make it"))
    refusal = Refusal(why, remedy)

    assert ("a.toml is not there", why, remedy) == (str(refusal), refusal.why, refusal.remedy)
    assert Refusal(why).remedy is None
