"""A machine on which all memory is in use, as on one that has been up for a while."""
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20


def fill_page_cache(folder: Path) -> BinaryIO:
    """Reads a file of holes as large as the free memory. While the caller keeps it open, a server that writes takes pages that the
    machine has. No name of it stays behind. A virtual one gives free memory back to its host and waits 3 to 16 us for each page that it takes again
    (`perf record`: up to half of a broker's time is in the copy into the page cache), differently from minute to minute."""
    free_kib = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemFree:"))
    file, piece = folder / "holes", bytearray(PIECE)
    holes = file.open("w+b", buffering=0)
    file.unlink()
    holes.truncate(free_kib * 1024)
    while holes.readinto(piece):
        pass
    return holes
