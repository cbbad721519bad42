"""What is published, written to a folder or a file of an operator's choice."""

from collections.abc import Callable, Iterator
from pathlib import Path

from locator.exchange.packages.containers import write_file, write_folder
from locator.exchange.packages.public import DOWNLOADS, data_package
from locator.search import standard

FOLDER = "folder"
FILES: dict[str, Callable[[], Iterator[bytes]]] = {
    name.rpartition(".")[2]: download.pieces for name, download in DOWNLOADS.items()
}
FORMS = (FOLDER, *FILES)


def write(path: Path, form: str | None = None) -> str:
    """Write what is published; return what was written. Without a form, the end of the name says which.

    A file is there whole or not at all, in the place of the one before. Raises ValueError for another form.
    """
    form = form or path.suffix.removeprefix(".") or FOLDER
    if form not in FORMS:
        raise ValueError(f"“{form}” is none of {', '.join(FORMS)}. Say which with --format.")
    if form == FOLDER:
        write_folder(path, data_package())
    else:
        write_file(path, FILES[form]())
    rows, _last = standard.state()
    return f"{rows} listings as {form}: {path}"
