"""Parts of pages that programs write: what stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`."""
from pathlib import Path


def write_between(page: Path, name: str, lines: list[str]) -> None:
    """Puts `lines` in the place of what stands there. ValueError when the page has no such marks."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, found_begin, rest = page.read_text().partition(begin)
    _, found_end, tail = rest.partition(end)
    if not found_begin or not found_end:
        raise ValueError(f"{page} has no `{begin}` ... `{end}`")
    page.write_text("\n".join([head + begin, *lines, end + tail]))
