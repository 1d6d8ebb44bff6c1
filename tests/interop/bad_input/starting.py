"""Servers that cannot start: exit codes and sentences that an operator can act on, and nothing changed."""
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from nodes import GantryNode, Node, broker_config, free_port, wait_until

if TYPE_CHECKING:
    from run import Suite

SECONDS = 20


def _ends(node: Node) -> tuple[int, str]:
    """Starts a node that must refuse to run; its exit code and everything that it said."""
    done = subprocess.run(node.command(), cwd=node.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=SECONDS)
    return done.returncode, done.stdout


def _broker(suite: "Suite", name: str, **changed: str) -> GantryNode:
    port = free_port(also=(-2, 1))
    folder = suite.folder / name
    config = broker_config("broker-a", folder, port, "127.0.0.1:1") | changed
    del config["haListenPort"]  # without effect here: a start that is refused says one sentence, and no note
    return GantryNode(suite.build / "mqbroker", "broker-a", folder, port, config)


def _sentences(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.strip()]


def wrong_value(suite: "Suite") -> str:
    node = _broker(suite, "wrong_value", brokerPermission="yes")
    line = node.config_file.read_text().splitlines().index("brokerPermission=yes") + 1
    code, said = _ends(node)
    if code != 2:
        return f"exit code {code}: {said}"
    wanted = [f"{node.config_file}:{line}", "brokerPermission"]
    missing = [each for each in wanted if each not in said]
    if missing:
        return f"does not name {missing}: {said}"
    return "a store was made" if (node.folder / "store-broker-a").exists() else ""


def unknown_key(suite: "Suite") -> str:
    """A warning that names the nearest known key; the broker runs."""
    node = _broker(suite, "unknown_key", flushDiskTipe="SYNC_FLUSH")
    suite.houses.nodes.append(node)
    node.start()
    node.stop()
    said = node.log.read_text()
    return "" if "flushDiskTipe" in said and "flushDiskType" in said else f"no hint at the nearest key: {said}"


def keys_without_effect(suite: "Suite") -> str:
    """A note names them; the broker runs, and they are read back."""
    node = _broker(suite, "keys_without_effect", deleteWhen="04", fileReservedTime="48")
    suite.houses.nodes.append(node)
    node.start()
    node.stop()
    said = node.log.read_text()
    return "" if f"note: {node.config_file}: without effect here: deleteWhen, fileReservedTime\n" in said else said


def _printed(node: GantryNode, flag: str) -> str:
    done = subprocess.run([*node.command(), flag], text=True, capture_output=True, timeout=SECONDS)
    return done.stdout if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr}"


def prints_its_configuration(suite: "Suite") -> str:
    """-p prints every key in a form that is read back to the same; -m a few of them. Nothing is started."""
    node = _broker(suite, "prints", flushDiskType="SYNC_FLUSH", deleteWhen="05")
    every = _printed(node, "-p")
    important = _printed(node, "-m")
    node.config_file.write_text(every)
    if "flushDiskType=SYNC_FLUSH\n" not in every or "deleteWhen=05\n" not in every or _printed(node, "-p") != every:
        return f"not read back to the same: {every}"
    if not set(important.splitlines()) < set(every.splitlines()):
        return f"-m says otherwise: {important}"
    return "a store was made" if (node.folder / "store-broker-a").exists() else ""


def missing_file(suite: "Suite") -> str:
    node = _broker(suite, "missing_file")
    node.config_file.unlink()
    code, said = _ends(node)
    return "" if code == 2 and str(node.config_file) in said else f"exit code {code}: {said}"


def _refused(node: Node, word: str) -> str:
    """Exit code 1 and one sentence that holds the word."""
    code, said = _ends(node)
    if code != 1:
        return f"exit code {code}: {said}"
    if len(_sentences(said)) != 1:
        return f"not one sentence: {said}"
    return "" if word in said else f"does not say {word}: {said}"


def port_in_use(suite: "Suite") -> str:
    node = _broker(suite, "port_in_use")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", node.port))
        holder.listen()
        return _refused(node, str(node.port))


def _answers(address: str, port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(SECONDS)
        return asking.connect_ex((address, port)) == 0


def bound_to_one_address(suite: "Suite") -> str:
    """bindAddress: nobody is served on another address of this machine; without it everybody is."""
    said = ""
    for bound, elsewhere in (({"bindAddress": "127.0.0.1"}, False), ({}, True)):
        node = _broker(suite, f"bound_{len(bound)}", **bound)
        suite.houses.nodes.append(node)
        node.start()
        for port in (node.port, node.port - 2):
            if _answers("127.0.0.2", port) != elsewhere:
                said += f"with {bound}, 127.0.0.2:{port} {'does not answer' if elsewhere else 'answers'}; "
        node.stop()
    return said


def clients_are_told_what_is_bound(suite: "Suite") -> str:
    """Without brokerIP1, which stands for itself."""
    node = _broker(suite, "told", bindAddress="127.0.0.2")
    said = [f"brokerIP1={address}\n" in _printed(node, "-p") for address in ("127.0.0.1", "127.0.0.2")]
    node.config_file.write_text(node.config_file.read_text().replace("brokerIP1=127.0.0.1\n", ""))
    said.append("brokerIP1=127.0.0.2\n" in _printed(node, "-p"))
    return "" if said == [True, False, True] else str(said)


def namesrv_beside_a_bound_broker(suite: "Suite") -> str:
    """It is looked for where it listens, and a configuration that looks elsewhere is warned."""
    node = _broker(suite, "beside", bindAddress="127.0.0.2")
    command = [*node.command(), "--with-namesrv", "-p"]
    elsewhere = subprocess.run(command, text=True, capture_output=True, timeout=SECONDS)
    node.config_file.write_text(node.config_file.read_text().replace("namesrvAddr=127.0.0.1:1\n", ""))
    unsaid = subprocess.run(command, text=True, capture_output=True, timeout=SECONDS, env={})
    if "warning: " not in elsewhere.stderr or "127.0.0.2 only" not in elsewhere.stderr or elsewhere.returncode != 0:
        return f"exit code {elsewhere.returncode}: {elsewhere.stderr}"
    return "" if "namesrvAddr=127.0.0.2:9876\n" in unsaid.stdout and not unsaid.stderr else unsaid.stdout + unsaid.stderr


def no_such_address(suite: "Suite") -> str:
    """An address of another machine."""
    return _refused(_broker(suite, "no_such_address", bindAddress="203.0.113.1"), "203.0.113.1")


def locked_store(suite: "Suite") -> str:
    """Another broker on the same store, on other ports."""
    first = _broker(suite, "locked_store")
    suite.houses.nodes.append(first)
    first.start()
    wait_until("the first broker has opened its store", SECONDS, lambda: "boot success" in first.log.read_text())
    store = str(first.folder / "store-broker-a")
    second = _broker(suite, "locked_store_second", storePathRootDir=store, storePathCommitLog=f"{store}/commitlog")
    before = _names_below(Path(store))
    why = _refused(second, store)
    changed = sorted(_names_below(Path(store)) ^ before)
    first.stop()
    return why or (f"changed: {changed}" if changed else "")


def _names_below(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def unwritable_folder(suite: "Suite") -> str:
    """Its parent is a file, so that not even root can make the folder."""
    blocked = suite.folder / "blocked"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file, not a folder\n")
    node = _broker(suite, "unwritable", storePathRootDir=str(blocked / "store"),
                   storePathCommitLog=str(blocked / "store" / "commitlog"))
    return _refused(node, str(blocked / "store"))


CASES = [wrong_value, unknown_key, keys_without_effect, prints_its_configuration, missing_file,
         port_in_use, bound_to_one_address, clients_are_told_what_is_bound, namesrv_beside_a_bound_broker,
         no_such_address, locked_store, unwritable_folder]
