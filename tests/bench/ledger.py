"""`tests/bench/run ledger`: what the durable class costs, beside the store's own rate for the same rows in the same run.

Against the bench's own XMPP side, which is never the bottleneck, and a durable loopback network. The raw rate is that of
bench_store: the rows that a message costs, kept through the same driver with nothing around it. Bounded in count and time.
"""
import argparse
import itertools
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from harness.postgres import Postgres  # noqa: E402

COMPONENT = "net.bench.test"
USERS = 50
GOALS = {"sqlite": 10_000, "postgres": 5_000}
_lives = itertools.count(1)
START = 60  # seconds that anything may take to come up


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Gateway:
    """One Causeway with one durable loopback network, in a directory of its own."""

    def __init__(self, program: Path, directory: Path, store: str):
        self.program, self.directory = program, directory
        self.port, self.admin = free_port(), free_port()
        self.journal, self.offers, self.script = (directory / name for name in ("journal", "offers", "script"))
        for name, text in (("vault.key", "0123456789abcdef" * 4), ("component.secret", "bench")):
            (directory / name).touch(mode=0o600)
            (directory / name).write_text(text + "\n")
        self.offers.touch()
        (directory / "causeway.yaml").write_text(f"""\
store: {store}
vault: {{ key_file: {directory}/vault.key }}
admin: {{ listen: "127.0.0.1:{self.admin}", control_socket: {directory}/control.sock }}
log: {{ level: warning, format: text }}
access: {{ domains: [bench.test], users: [], admins: [] }}
limits: {{ messages_per_minute: 100000000, burst: 10000000, joins_per_minute: 100000000 }}
networks:
  - name: net
    protocol: loopback
    jid: {COMPONENT}
    server:
      {{ host: 127.0.0.1, port: {self.port}, security: plaintext, domain: bench.test,
         secret_file: {directory}/component.secret, reconnect_first: 100ms, reconnect_max: 1s }}
    options:
      {{ durable: true, journal: {self.journal}, offers: {self.offers}, script: {self.script}, max_in_flight: 1024,
         reconnect_first: 50ms, reconnect_max: 500ms }}
""")
        self.process: subprocess.Popen | None = None

    def start(self) -> "Gateway":
        with (self.directory / "log").open("a") as log:
            self.process = subprocess.Popen([self.program, "serve", "--config", self.directory / "causeway.yaml"], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        return self

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START)
            self.process = None

    def rss_kib(self) -> int:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+)", text, re.MULTILINE)[1])

    def written_bytes(self) -> int:
        return int(re.search(r"^write_bytes: (\d+)", Path(f"/proc/{self.process.pid}/io").read_text(), re.MULTILINE)[1])

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=20) as answer:
            return answer.read().decode()

    def metric(self, name: str, *labels: str) -> float:
        return sum(float(line.rpartition(" ")[2]) for line in self.metrics().splitlines()
                   if re.match(rf"{name}[{{ ]", line) and all(label in line for label in labels))

    def commit_p99_ms(self, before: dict[float, float]) -> float:
        """Upper bound of the bucket that holds the 99th of a hundred commits since `before`."""
        now = self.commit_buckets()
        total = now[float("inf")] - before.get(float("inf"), 0)
        for bound in sorted(now):
            if now[bound] - before.get(bound, 0) >= 0.99 * total:
                return 1000 * bound
        return float("inf")

    def commit_buckets(self) -> dict[float, float]:
        return {float(match[1]): float(match[2]) for match in
                re.finditer(r'^causeway_store_commit_seconds_bucket\{.*?le="([^"]+)"\} (\S+)$', self.metrics(), re.MULTILINE)}


class Driver:
    def __init__(self, program: Path, port: int, plan: str, **options):
        words = [str(program), "--port", str(port), "--plan", plan, "--users", str(USERS),
                 "--life", str(next(_lives))]
        for key, value in options.items():
            words += [f"--{key}", str(value)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait_for(self, word: str) -> None:
        line = self.process.stdout.readline()
        if line.strip() != word:
            raise RuntimeError(f"bench_ledger said {line!r} instead of {word!r}")

    def go(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def figures(self) -> dict:
        line = self.process.stdout.readline()
        self.process.wait(START)
        return json.loads(line)


def until(condition, what: str, seconds: float) -> float:
    """@return the seconds that it took"""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise RuntimeError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.01)
    return time.monotonic() - begun


class Bench:
    def __init__(self, build: Path, directory: Path, arguments):
        self.build, self.directory, self.arguments = build, directory, arguments
        self.lives = 0

    def gateway(self, store: str) -> Gateway:
        self.lives += 1
        place = self.directory / f"life{self.lives}"
        place.mkdir()
        return Gateway(self.build / "gateway/app/causeway", place, store.replace("@", str(place)))

    def driver(self, gateway: Gateway, plan: str, **options) -> Driver:
        return Driver(self.build / "tests/bench/bench_ledger", gateway.port, plan, **options)

    def raw(self, store: list[str], direction: str) -> float:
        done = subprocess.run([self.build / "tests/bench/bench_store", *store, direction, str(self.arguments.count),
                               str(self.arguments.window)], capture_output=True, text=True, timeout=600, check=True)
        return json.loads(done.stdout)["per_s"]

    def talk(self, store: str, **options) -> dict:
        """XMPP -> network -> receipt."""
        gateway = self.gateway(store).start()
        try:
            driver = self.driver(gateway, "talk", **{"window": self.arguments.window, **options})
            driver.wait_for("ready")
            before = gateway.commit_buckets()
            driver.go()
            figures = driver.figures()
            figures["commit_p99_ms"] = gateway.commit_p99_ms(before)
            return figures
        finally:
            gateway.stop()

    def hear(self, store: str, count: int) -> dict:
        """Network -> XMPP. The sessions are there before the network speaks: each user has said something."""
        gateway = self.gateway(store).start()
        try:
            self.wake(gateway)
            driver = self.driver(gateway, "listen", count=count, seconds=120)
            driver.wait_for("ready")
            driver.go()
            text = "the quick brown fox jumps over the lazy dog again and ever"
            with gateway.offers.open("a") as offers:
                for number in range(count):
                    offers.write(json.dumps({"user": f"user{number % USERS}", "contact": f"c{number % USERS}",
                                             "text": f"bench:{number:010d} {text}", "key": f"k{number}"}) + "\n")
            return driver.figures()
        finally:
            gateway.stop()

    def wake(self, gateway: Gateway) -> None:
        driver = self.driver(gateway, "talk", count=USERS)
        driver.wait_for("ready")
        driver.go()
        driver.figures()

    def idle(self, store: str, seconds: float) -> int:
        """Bytes that a connected gateway with sessions writes while nobody says anything."""
        gateway = self.gateway(store).start()
        try:
            self.wake(gateway)
            driver = self.driver(gateway, "listen", count=1, seconds=seconds + 12)
            driver.wait_for("ready")
            driver.go()
            time.sleep(8)  # what was said is settled
            before = gateway.written_bytes()
            time.sleep(seconds)
            written = gateway.written_bytes() - before
            driver.figures()
            return written
        finally:
            gateway.stop()

    def queue(self, store: str, count: int) -> dict:
        """The network is away while `count` messages are accepted; then a kill, and a cold start with the network back."""
        gateway = self.gateway(store)
        gateway.script.write_text("down\n")
        gateway.start()
        try:
            driver = self.driver(gateway, "flood", count=count, seconds=600)
            driver.wait_for("ready")
            before = gateway.rss_kib()
            begun = time.monotonic()
            driver.go()
            driver.wait_for("said")
            until(lambda: gateway.metric("causeway_messages_state", 'state="queued"', 'direction="to_network"') >= count,
                  f"{count} messages are queued", 600)
            figures = {"queued_per_s": count / (time.monotonic() - begun), "more_mib": (gateway.rss_kib() - before) / 1024}
            driver.go()
            driver.figures()
            gateway.stop(signal.SIGKILL)
            gateway.script.unlink()
            driver = self.driver(gateway, "listen", count=count * 2, seconds=3600)
            size = gateway.journal.stat().st_size if gateway.journal.exists() else 0
            gateway.start()
            figures["cold_s"] = until(lambda: gateway.journal.exists() and gateway.journal.stat().st_size > size,
                                      "the first delivery after the start", 120)
            driver.process.kill()
            driver.process.wait()
            return figures
        finally:
            gateway.stop(signal.SIGKILL)


def build(directory: Path) -> None:
    environment = dict(os.environ, CCACHE_SLOPPINESS="pch_defines,time_macros,include_file_mtime,include_file_ctime")
    subprocess.run(["cmake", "--preset", "bench", "-B", str(directory)], cwd=ROOT, env=environment, check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", str(directory), "bench_ledger", "bench_store", "causeway"], check=True, env=environment,
                   stdout=subprocess.DEVNULL)


class Table:
    def __init__(self):
        self.rows: list[tuple[str, str, str, str]] = []

    def add(self, what: str, value: float, unit: str, goal: float, at_least: bool) -> None:
        reached = value >= goal if at_least else value <= goal
        self.rows.append((what, f"{value:,.2f} {unit}" if value < 100 else f"{value:,.0f} {unit}",
                          f"{'>=' if at_least else '<='} {goal:,}", "reached" if reached else "NOT REACHED"))

    def print(self) -> None:
        print(f"\n{'':<58}{'figure':>20}{'goal':>14}")
        for what, value, goal, verdict in self.rows:
            print(f"{what:<58}{value:>20}{goal:>14}  {verdict}")


def measure(bench: Bench, name: str, store: str, raw_store, table: Table) -> None:
    arguments = bench.arguments
    raw, talk, hear = {"out": [], "in": []}, [], []
    for number in range(arguments.rounds):
        print(f"bench: {name}, round {number + 1} of {arguments.rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        for direction in raw:
            raw[direction].append(bench.raw(raw_store(), direction))
        talk.append(bench.talk(store, count=arguments.count, seconds=120))
        hear.append(bench.hear(store, arguments.count))
    missing = sum(each["said"] - each["done"] + each["errors"] for each in talk) + sum(arguments.count - each["done"]
                                                                                      for each in hear)
    if missing:
        print(f"bench: {missing} messages did not arrive", file=sys.stderr)
    for direction, runs, title in (("out", talk, "XMPP -> network -> receipt"), ("in", hear, "network -> XMPP")):
        rate, bound = (statistics.median(each) for each in ([run["per_s"] for run in runs], raw[direction]))
        table.add(f"{name}: {title}", rate, "/s", GOALS[name], True)
        table.add(f"  of the raw rate of the same rows ({bound:,.0f}/s)", rate / bound, "x", 0.5, True)
    steady = bench.talk(store, count=2_000 * arguments.seconds, rate=2_000, seconds=arguments.seconds + 10, window=10_000)
    table.add(f"{name}: at 2,000/s, commit p99 (bucket's upper bound)", steady["commit_p99_ms"], "ms", 10, False)
    table.add("  and from the message to its receipt, p99", steady["p99_ms"], "ms", 50, False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["ledger"])
    parser.add_argument("--quick", action="store_true", help="one short round, a tenth of the queue")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=100_000, help="messages of a load")
    parser.add_argument("--queued", type=int, default=1_000_000)
    parser.add_argument("--window", type=int, default=900, help="messages without an answer")
    parser.add_argument("--seconds", type=int, default=10, help="of the steady load, and of looking at the idle gateway")
    parser.add_argument("--drivers", default="sqlite,postgres")
    parser.add_argument("--build", type=Path, default=ROOT / "build/bench")
    parser.add_argument("--no-build", action="store_true")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.count, arguments.seconds = 1, min(arguments.count, 20_000), 5
        arguments.queued = min(arguments.queued, 100_000)
    if not arguments.no_build:
        build(arguments.build)
    table = Table()
    with tempfile.TemporaryDirectory(prefix="causeway-ledger-") as directory:
        bench = Bench(arguments.build, Path(directory), arguments)
        drivers = arguments.drivers.split(",")
        if "sqlite" in drivers:
            files = iter(range(1000))
            measure(bench, "sqlite", "{ path: @/causeway.db }",
                    lambda: ["sqlite", f"{directory}/raw{next(files)}.db"], table)
            table.add("sqlite: an idle gateway writes in %d s" % arguments.seconds,
                      bench.idle("{ path: @/causeway.db }", arguments.seconds), "bytes", 0, False)
            queue = bench.queue("{ path: @/causeway.db }", arguments.queued)
            table.add(f"sqlite: {arguments.queued:,} queued, more memory", queue["more_mib"], "MiB",
                      round(64 * arguments.queued / 1_000_000, 1), False)
            table.add("  kill -9, then start to the first delivery", queue["cold_s"], "s", 5, False)
        if "postgres" in drivers:
            server = Postgres().start()
            try:
                # A store of its own for each life would be a database of its own: one is shared, as in production.
                measure(bench, "postgres", "{ driver: postgres, uri: '%s' }" % server.uri,
                        lambda: ["postgres", server.uri], table)
            finally:
                server.stop()
    print(f"{os.cpu_count()} CPUs, load now {os.getloadavg()[0]:.1f}; {arguments.rounds} rounds of {arguments.count:,} messages")
    table.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
