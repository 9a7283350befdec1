"""Free loopback ports, below the range from which the kernel takes ports for outgoing connections."""
import random
import socket

_given: set[int] = set()


def free_port() -> int:
    """A port that nothing listens on, and that this process has not given out before."""
    for _ in range(200):
        port = random.randint(20000, 32000)
        if port in _given:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise RuntimeError("no free loopback port found")
