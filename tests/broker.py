"""A real Kafka broker for the tests: one that is given, one in Docker, or one process of Java on this machine."""

import base64
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from uuid import uuid4

from testcontainers.community.kafka import KafkaContainer

RECIPE = Path(__file__).parents[1] / "deploy" / "kafka"
START_TIMEOUT = 60.0
"""Seconds that a broker may take until it answers; about four are usual."""
SHORT_LIVED = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xverify:none")
"""For a Java that is started often and killed soon: half the work until it answers."""
QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


def free_ports(count: int) -> list[int]:
    """Return so many different ports of the loopback interface on which nobody listens."""
    with ExitStack() as held:
        listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def free_port() -> int:
    """Return a port of the loopback interface on which nobody listens."""
    return free_ports(1)[0]


def jars() -> Path:
    """Return the folder with Kafka's jars, fetched through Maven the first time."""
    folder = RECIPE / "lib"
    if not any(folder.glob("kafka_2.13-*.jar")):
        fetch = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
        subprocess.run(fetch, cwd=RECIPE, check=True, stdin=subprocess.DEVNULL)
    return folder


def classes() -> Path:
    """Return the file with Kafka's classes as Java has them in memory, which a first broker leaves when it ends.

    With it a broker is up in two thirds of the time.
    """
    file = jars() / "classes.jsa"
    if not file.exists():
        with tempfile.TemporaryDirectory() as folder:
            left = Path(folder) / file.name
            first = Broker(Path(folder) / "kafka", flag=f"-XX:ArchiveClassesAtExit={left}")
            first.start()
            first.stop()
            shutil.move(left, file)
    return file


class Broker:
    """One Kafka process on loopback that keeps its port and its data when it is stopped, killed and started again.

    Args:
        folder: where to keep the data.
        proxies: addresses under which clients reach this broker through a proxy. A client is sent on to the address
            that a broker advertises, so each has a listener of its own; `doors` are their ports, in the same order.
        flag: what Java is told about Kafka's classes; they are kept from the first broker on.
    """

    def __init__(self, folder: Path, proxies: Sequence[str] = (), *, flag: str = "") -> None:
        self.folder = folder
        self._flag = flag
        self.port, controller, *doors = free_ports(2 + len(proxies))
        self.address = f"127.0.0.1:{self.port}"
        self.proxies = tuple(proxies)
        self.doors = tuple(doors)
        self._controller = f"127.0.0.1:{controller}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the broker and return when its port answers; what it logs is in `broker.log` of its folder.

        Raises:
            RuntimeError: a port is taken, or the broker ends before it answers.
        """
        self._refuse_taken_ports()
        configuration = self._configuration()
        flag = self._flag or f"-XX:SharedArchiveFile={classes()}"
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(configuration)
        with (self.folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(configuration), flags=(flag,)),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers(self._process)

    @property
    def runs(self) -> bool:
        """Whether the process is there; it ends by itself when it cannot write."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the broker as an operator would, with everything written down."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def kill(self) -> None:
        """End the broker as a power cut would end its process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _refuse_taken_ports(self) -> None:
        """Look before starting: whoever else listens there would answer in the broker's place."""
        for port in (self.port, *self.doors):
            try:
                socket.create_server(("127.0.0.1", port)).close()
            except OSError as taken:
                raise RuntimeError(f"port {port} for the Kafka broker is taken ({taken.strerror})") from taken

    def _configuration(self) -> Path:
        """Write the shipped configuration with this broker's ports and folder; in such a file the last word counts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "server.properties"
        names = [f"DOOR{number}" for number in range(len(self.doors))]
        doors = [f",{name}://127.0.0.1:{port}" for name, port in zip(names, self.doors, strict=True)]
        told = [f",{name}://{address}" for name, address in zip(names, self.proxies, strict=True)]
        plain = [f",{name}:PLAINTEXT" for name in names]
        path.write_text(
            (RECIPE / "server.properties").read_text()
            + f"\nlisteners=BROKER://{self.address},CONTROLLER://{self._controller}{''.join(doors)}"
            + f"\nadvertised.listeners=BROKER://{self.address}{''.join(told)}"
            + f"\nlistener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT{''.join(plain)}"
            + f"\ncontroller.quorum.bootstrap.servers={self._controller}"
            + "\nnum.network.threads=1"  # for each door; there are many, and little comes through
            + f"\nlog.dirs={self.folder / 'data'}\n",
        )
        return path

    def _java(self, program: str, *arguments: str, flags: Sequence[str] = ()) -> list[str]:
        return ["java", *SHORT_LIVED, QUIET, *flags, "-cp", f"{jars()}/*", program, *arguments]

    def _format(self, configuration: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
        formatting = [
            *self._java("kafka.tools.StorageTool"),
            "format",
            "--standalone",
            f"--cluster-id={cluster}",
            "-c",
            str(configuration),
        ]
        done = subprocess.run(formatting, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"the folder for a Kafka broker could not be formatted: {done.stderr or done.stdout}")

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        self.kill()
        raise RuntimeError(f"the Kafka broker did not start; read {self.folder / 'broker.log'}")


@contextmanager
def local_broker(folder: Path) -> Iterator[str]:
    """Run a broker of this machine's Java with its data in `folder`; yields host:port."""
    broker = Broker(folder)
    broker.start()
    try:
        yield broker.address
    finally:
        broker.stop()


@contextmanager
def docker_broker() -> Iterator[str]:
    """Run a broker in a container; yields host:port."""
    with KafkaContainer().with_kraft() as container:
        yield container.get_bootstrap_server()


def missing_for_a_local_broker() -> str | None:
    """Say what this machine lacks to run `Broker`, or None when it lacks nothing."""
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    return f"{' and '.join(missing)} not found" if missing else None


def find_broker(folder: Path) -> AbstractContextManager[str] | str:
    """Return the broker to test with (as a context that yields host:port), or the sentence why there is none.

    In this order: the one named in ``ACCORD_TEST_KAFKA``, a container where a Docker engine answers, a process of this
    machine's Java with its data in `folder`.
    """
    given = os.environ.get("ACCORD_TEST_KAFKA")
    if given:
        return nullcontext(given)
    if docker_answers():
        return docker_broker()
    missing = missing_for_a_local_broker()
    if missing is None:
        return local_broker(folder)
    return f"no Kafka broker: ACCORD_TEST_KAFKA is not set, no Docker engine answers, and {missing}"


def docker_answers() -> bool:
    """Whether containers can be started here."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], check=False, capture_output=True, timeout=20).returncode == 0
