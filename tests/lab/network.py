"""Mounts and network of the laboratory. Runs only inside its own namespaces (see launcher)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.lab import world

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def private_mounts() -> None:
    """Mount a private /run and /dev, in which a private /dev/log can be created."""
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    Path("/run/netns").mkdir()
    dev = Path("/run/dev")
    dev.mkdir()
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(dev))
    for name in _DEVICES:
        (dev / name).touch()
        _run("mount", "--bind", f"/dev/{name}", str(dev / name))
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (dev / name).symlink_to(f"/proc/self/{target}")
    (dev / "shm").mkdir(mode=0o1777)
    (dev / "shm").chmod(0o1777)
    _run("mount", "--rbind", str(dev), "/dev")


def private_files(folder: Path, bundle: Path) -> None:
    """Replace the machine's resolver, host names and certificate authorities with the laboratory's."""
    texts = {
        "/etc/resolv.conf": f"nameserver {world.RESOLVER.ip}\noptions edns0 trust-ad timeout:5\n",
        "/etc/hosts": "127.0.0.1 localhost\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        "/etc/ssl/certs/ca-certificates.crt": bundle.read_text(),
    }
    for target, text in texts.items():
        source = folder / target.strip("/").replace("/", "-")
        source.write_text(text)
        real = Path(os.path.realpath(target))  # resolv.conf is often a link, and into /run
        if not real.exists():
            real.parent.mkdir(parents=True, exist_ok=True)
            real.touch()
        _run("mount", "--bind", str(source), str(real))


def build_hosts() -> None:
    """Create a bridge, and a network namespace per host with its addresses, all on one link."""
    _ip("link set lo up", "link add lab type bridge", "link set lab up")
    _ip(
        f"addr add {world.BRIDGE}/24 dev lab",
        f"addr add {world.BRIDGE_SIX}/32 dev lab nodad",
        *(f"route replace {net} dev lab" for net in world.NETWORKS),
    )
    for host in world.HOSTS:
        outside = f"v-{host.name}"
        _ip(
            f"netns add {host.name}",
            f"link add {outside} type veth peer name eth0 netns {host.name}",
            f"link set {outside} master lab up",
        )
        _ip(
            "link set lo up",
            "link set eth0 up",
            *(
                # The address is unique: skip duplicate address detection, which takes a second.
                f"addr add {address.ip}/{'32' if address.six else '24'} dev eth0 nodad"
                for address in host.addresses
            ),
            *(f"route replace {net} dev eth0 src {host.addresses[0].ip}" for net in world.NETWORKS),
            namespace=host.name,
        )


def _ip(*commands: str, namespace: str = "") -> None:
    where = ("-n", namespace) if namespace else ()
    done = subprocess.run(
        ("ip", *where, "-batch", "-"),
        input="\n".join(commands) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"ip {namespace} {commands}: {done.stderr}")


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr}")
