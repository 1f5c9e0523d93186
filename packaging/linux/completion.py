"""Makes the completions of bash, zsh and fish from what the command line knows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar import Argument, Command

_BASH: Final = """\
# bash completion for deskbreak

_deskbreak() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} typed='' word words='' files=''
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$typed $word" in
%(steps)s
        esac
    done
    case "$typed $before" in
%(values)s
    *)
        case "$typed" in
%(words)s
        esac
        ;;
    esac
    mapfile -t COMPREPLY < <(
        compgen -W "$words" -- "$current"
        [ -z "$files" ] || compgen -f -- "$current"
    )
    case "${COMPREPLY[*]}" in *=) compopt -o nospace ;; esac
}
complete -o filenames -F _deskbreak deskbreak
"""
_ZSH: Final = """\
#compdef deskbreak

local typed='' word
for word in "${(@)words[2,CURRENT-1]}"; do
    case "$typed $word" in
%(steps)s
    esac
done
local -a found
case "$typed ${words[CURRENT-1]}" in
%(values)s
*)
    case "$typed" in
%(words)s
    esac
    ;;
esac
_describe deskbreak found -S ''
"""


def bash(whole: Command) -> str:
    """Return what bash-completion loads at the first Tab."""
    words = (
        _case(command, _bash_words(_words(command)), is_file=_takes_file(command))
        for command in whole.all()
    )
    values = (
        _case(command, _bash_words(argument.values), name, is_file=argument.is_file)
        for command, argument, name in _valued(whole)
    )
    parts = {
        "steps": _indented(_steps(whole), 8),
        "values": _indented(values, 4),
        "words": _indented(words, 8),
    }
    return _BASH % parts


def zsh(whole: Command) -> str:
    """Return what zsh finds as `_deskbreak` in its function path."""
    words = (
        f"'{_typed(command)}') found=({_zsh_words(command)})"
        f"{'; _files' if _takes_file(command) else ''} ;;"
        for command in whole.all()
    )
    values = (
        f"'{_typed(command)} {name}') "
        f"{'_files; return' if argument.is_file else f'found=({_bash_words(argument.values)})'} ;;"
        for command, argument, name in _valued(whole)
    )
    parts = {
        "steps": _indented(_steps(whole), 4),
        "values": _indented(values, 0),
        "words": _indented(words, 4),
    }
    return _ZSH % parts


def fish(whole: Command) -> str:
    """Return what fish loads at the first Tab."""
    return (
        "\n".join(["# fish completion for deskbreak", "complete -c deskbreak -f", *_fish(whole)])
        + "\n"
    )


def _fish(whole: Command) -> Iterator[str]:
    for command in whole.all():
        seen = [f"__fish_seen_subcommand_from {word}" for word in command.words]
        not_yet = " ".join(below.words[-1] for below in command.below)
        if not_yet:
            seen.append(f"not __fish_seen_subcommand_from {not_yet}")
        when = f'complete -c deskbreak -n "{"; and ".join(seen)}"'
        for below in command.below:
            yield f"{when} -a {below.words[-1]} -d {_fish_quoted(below.text)}"
        for argument in command.arguments:
            yield f"{when}{_fish_argument(argument)}"


def _fish_argument(argument: Argument) -> str:
    names = "".join(
        f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}" for name in argument.names
    )
    needs = " -r" if argument.names and argument.value else ""
    values = f' -a "{" ".join(argument.values)}"' if argument.values else ""
    files = " -F" if argument.is_file else ""
    return f"{names}{needs}{values}{files} -d {_fish_quoted(argument.text)}"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _typed(command: Command) -> str:
    return "".join(f" {word}" for word in command.words)


def _steps(whole: Command) -> Iterator[str]:
    for command in whole.all():
        if command.words:
            yield f"'{_typed(command)}') typed='{_typed(command)}' ;;"


def _valued(whole: Command) -> Iterator[tuple[Command, Argument, str]]:
    """Yield each option that wants a value, by each of its names."""
    for command in whole.all():
        for argument in command.arguments:
            for name in argument.names if argument.value else ():
                yield command, argument, name


def _words(command: Command) -> tuple[str, ...]:
    below = tuple(one.words[-1] for one in command.below)
    named = (name for argument in command.arguments for name in argument.names)
    values = (v for argument in command.arguments if not argument.names for v in argument.values)
    return (*below, *values, *named)


def _takes_file(command: Command) -> bool:
    return any(argument.is_file and not argument.names for argument in command.arguments)


def _case(command: Command, words: str, name: str = "", *, is_file: bool) -> str:
    label = f"{_typed(command)} {name}" if name else _typed(command)
    return f"'{label}') words='{words}'{' files=1' if is_file else ''} ;;"


def _bash_words(words: tuple[str, ...]) -> str:
    return " ".join(words)


def _zsh_words(command: Command) -> str:
    rows = [(one.words[-1], one.text) for one in command.below]
    for argument in command.arguments:
        rows += [(name, argument.text) for name in argument.names or argument.values]
    return " ".join(_zsh_quoted(word, text) for word, text in rows)


def _zsh_quoted(word: str, text: str) -> str:
    quoted = f"{word}:{text}".replace("'", "'\\''")
    return f"'{quoted}'"


def _indented(lines: Iterator[str], spaces: int) -> str:
    return "\n".join(" " * spaces + line for line in lines)
