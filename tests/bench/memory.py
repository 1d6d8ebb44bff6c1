"""A machine on which all memory is in use, as on one that has been up for a while."""
import tempfile
from pathlib import Path

PIECE = 1 << 20
FREE_MAX = 512 << 20  # what the kernel itself keeps free is less


def _free_bytes() -> int:
    return next(int(line.split()[1]) * 1024 for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemFree:"))


class FullPageCache:
    """Holes of a file without a name, read into all memory that is free. While it is open, a server that writes takes pages that
    the machine has. A virtual machine gives free memory back to its host, and waits 3 to 16 us for each page that it takes again,
    differently from minute to minute (`perf record`: up to half of a broker's time is in the copy into the page cache)."""

    def __init__(self, folder: Path) -> None:
        self.holes, self.bytes, self.helps = tempfile.TemporaryFile(dir=folder, buffering=0), 0, True

    def __enter__(self) -> "FullPageCache":
        self.fill()
        return self

    def __exit__(self, *_: object) -> None:
        self.holes.close()

    def fill(self) -> None:
        """Again when much has become free meanwhile, as when a server gives back what it had. Where the first filling leaves most of
        what was free, as on a tmpfs or with a memory limit, it stays the only one. Later ones are not judged: meanwhile the kernel
        frees more than it is asked for."""
        free, piece = _free_bytes(), bytearray(PIECE)
        if free < FREE_MAX or not self.helps:
            return
        first = self.bytes == 0
        self.holes.seek(self.bytes)
        self.bytes += free
        self.holes.truncate(self.bytes)
        while self.holes.readinto(piece):
            pass
        if first:
            self.helps = _free_bytes() < max(free / 2, 4 * FREE_MAX)
