"""The words of the intake's problems, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Text

LINK = Text(
    ru="ссылка ведёт из своей папки наружу или на папку; она не читается, положите сам файл",
    en="a link that leads out of its folder, or to a folder; it is not followed: put the file here",
)
SPECIAL = Text(
    ru="не файл и не папка (устройство или канал); пропущено",
    en="neither a file nor a folder (a device or a pipe); skipped",
)
TOO_DEEP = Text(
    ru="папки вложены слишком глубоко; глубже не читается",
    en="folders are nested too deeply; what lies deeper is not read",
)
TOO_MANY = Text(
    ru="в папке слишком много файлов; остальные не прочитаны: дайте папку с одними работами",
    en="too many files; the rest was not read: give a folder with nothing but the submissions",
)
NESTED = Text(
    ru="архив в архиве в архиве не распаковывается: сдайте блокнот или один архив",
    en="an archive in an archive in an archive is not opened: hand in the notebook or one archive",
)
BAD_NAME = Text(
    ru="в архиве есть файл без имени или с именем длиннее 255 знаков; архив отклонён",
    en="the archive holds a file without a name, or with one of over 255 characters; refused",
)
LATE = Text(
    ru="Canvas отметил эту работу как сданную с опозданием (LATE)",
    en="Canvas marked this submission as late (LATE)",
)
TEXT_ONLY = Text(
    ru="сдан только текст в форме, без файла: оценивать нечего",
    en="only text typed into the form, no file: there is nothing to grade",
)
NO_METADATA = Text(
    ru="в submission_metadata.yml рядом с папкой нет этой работы, поэтому неизвестно, чья она",
    en="submission_metadata.yml beside the folder does not list it, so nobody knows whose it is",
)
CLONE_TIMES = Text(
    ru="время файлов в клонах репозиториев — это время клонирования; "
    "чтобы считать опоздания, дайте CSV со временем сдачи",
    en="files in cloned repositories have the time of cloning; "
    "to count lateness, give a CSV of the times",
)


def unreadable(error: BaseException) -> Text:
    """A file or archive that its reader stumbled over."""
    said = str(error) or type(error).__name__
    return Text(
        ru=f"не читается: файл повреждён или это не архив ({said}); сохраните и сдайте заново",
        en=f"cannot be read: damaged, or no archive at all ({said}); make it anew and hand it in",
    )


def forbidden(error: OSError) -> Text:
    """A folder or file that the system does not let us read."""
    said = error.strerror or type(error).__name__
    return Text(
        ru=f"не удалось открыть ({said}); проверьте права доступа",
        en=f"cannot be opened ({said}); check your right to read it",
    )


def unsafe_path(member: str) -> Text:
    """A member that would land outside the folder it is unpacked to."""
    return Text(
        ru=f"путь «{_cut(member)}» в архиве абсолютный или ведёт наружу (..); архив отклонён",
        en=f"its member '{_cut(member)}' has an absolute path or leads outside (..); refused",
    )


def is_link(member: str) -> Text:
    """A link in an archive."""
    return Text(
        ru=f"в архиве есть ссылка «{_cut(member)}»; архивы со ссылками не принимаются: "
        "упакуйте сами файлы",
        en=f"its member '{_cut(member)}' is a link, which is refused: pack the file itself",
    )


def is_device(member: str) -> Text:
    """A device, a pipe or the like in an archive."""
    return Text(
        ru=f"«{_cut(member)}» в архиве — не файл и не папка (устройство или канал); отклонено",
        en=f"its member '{_cut(member)}' is a device or a pipe, neither file nor folder; refused",
    )


def encrypted(member: str) -> Text:
    """A member that needs a password."""
    return Text(
        ru=f"«{_cut(member)}» в архиве зашифрован паролем; сдайте архив без пароля",
        en=f"its member '{_cut(member)}' is encrypted; hand in an archive without a password",
    )


def compressed(member: str) -> Text:
    """A member in a compression that is not bounded while it is unpacked."""
    return Text(
        ru=f"«{_cut(member)}» в архиве сжат необычным способом; сдайте обычный архив zip",
        en=f"its member '{_cut(member)}' is compressed in an unusual way; hand in a plain zip",
    )


def collision(member: str) -> Text:
    """Two members of one name."""
    return Text(
        ru=f"имя «{_cut(member)}» встречается в архиве дважды (регистр не различается), и неясно, "
        "какой файл оценивать; отклонено",
        en=f"its member '{_cut(member)}' is there twice (whatever the case), so that it is unclear "
        "which one to grade; refused",
    )


def bomb(member: str, times: float) -> Text:
    """A member, or an archive as a whole, that swells beyond reason."""
    what_ru = f"«{_cut(member)}» в архиве" if member else "архив"
    what_en = f"its member '{_cut(member)}'" if member else "it"
    return Text(
        ru=f"{what_ru} при распаковке растёт больше чем в {times:.0f} раз, как «архивная бомба»; "
        "отклонено",
        en=f"{what_en} grows more than {times:.0f} times when unpacked, as an archive bomb does; "
        "refused",
    )


def too_large(limit: int) -> Text:
    """More bytes than are unpacked."""
    return Text(
        ru=f"распакованный размер больше {_size(limit)} — больше не распаковывается; "
        "уберите из архива данные",
        en=f"unpacks to more than {_size(limit)}, the most that is taken; leave the data out of it",
    )


def too_many(limit: int) -> Text:
    """More members than are looked at."""
    return Text(
        ru=f"в архиве больше {limit} файлов — больше не принимается; оставьте только свою работу",
        en=f"holds more than {limit} files, the most that is taken; leave only the work in it",
    )


def too_many_scripts(count: int, size: int) -> Text:
    """More Python files, and no notebook, than the work is looked for among."""
    return Text(
        ru=f"блокнота нет, а файлов .py больше {count} или они вместе больше {_size(size)}: среди "
        "стольких работа не ищется; оставьте только свою работу",
        en=f"no notebook, and more than {count} .py files, or more than {_size(size)} of them: the "
        "work is not looked for among so many; leave only the work in it",
    )


def unsupported(name: str) -> Text:
    """An archive of a kind that is not opened."""
    return Text(
        ru=f"архивы такого вида не распаковываются ({_cut(name)}); нужен .zip или .tar.gz",
        en=f"archives of this kind are not opened ({_cut(name)}); make a .zip or .tar.gz",
    )


def no_notebook(found: Sequence[str]) -> Text:
    """A hand-in without a notebook: what there is instead."""
    if not found:
        return Text(ru="пусто: блокнота нет", en="empty: there is no notebook")
    return Text(
        ru=f"блокнота (.ipynb) нет, есть только: {_listed(found)}",
        en=f"no notebook (.ipynb) in it, only: {_listed(found)}",
    )


def picked(name: str, others: Sequence[str]) -> Text:
    """Several notebooks, of which one is graded."""
    return Text(
        ru=f"блокнотов несколько; взят «{_cut(name)}», остальные не оцениваются: {_listed(others)}",
        en=f"several notebooks; '{_cut(name)}' was taken, the rest is not graded: "
        f"{_listed(others)}",
    )


def other_kind(name: str) -> Text:
    """A file beside the submissions that might have been meant as one."""
    return Text(
        ru=f"«{_cut(name)}» — не блокнот и не архив; пропущено",
        en=f"'{_cut(name)}' is neither a notebook nor an archive; skipped",
    )


def several_places(places: Sequence[str]) -> Text:
    """One student's attempts from different archives or folders."""
    return Text(
        ru=f"попытки этого студента лежат в разных местах, проверьте, все ли они его: "
        f"{_listed(places)}",
        en=f"this student's attempts come from different places, check that all are theirs: "
        f"{_listed(places)}",
    )


def several_rows(lines: Sequence[int]) -> Text:
    """A name that fits several rows of the roster."""
    listed = ", ".join(map(str, lines))
    return Text(
        ru=f"в списке группы подходят сразу несколько строк ({listed}); "
        "нужен id или адрес почты, чтобы их различить",
        en=f"several lines of the roster fit ({listed}); an id or an e-mail address would tell",
    )


def time_unused(line: int, who: str) -> Text:
    """A row of the times that belongs to nothing here."""
    return Text(
        ru=f"строка {line}: для «{_cut(who)}» нет такой работы или попытки",
        en=f"line {line}: there is no submission or attempt for '{_cut(who)}'",
    )


def unreadable_metadata(said: str) -> Text:
    """Gradescope's own file, damaged."""
    return Text(
        ru=f"не удалось разобрать ({_cut(said)}), поэтому имена студентов неизвестны",
        en=f"cannot be understood ({_cut(said)}), so the students' names are unknown",
    )


def _listed(names: Sequence[str], limit: int = 5) -> str:
    more = f" … +{len(names) - limit}" if len(names) > limit else ""
    return ", ".join(_cut(name) for name in names[:limit]) + more


def _cut(text: str, limit: int = 80) -> str:
    """Untrusted text made printable and short."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def _size(count: int) -> str:
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.4g} {unit}"
    return f"{count} B"
