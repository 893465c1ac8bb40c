"""The nets that a solver names: one to train, and any number to test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mocha_core.errors import OptionError
from mocha_core.log import logger
from mocha_core.plan import TEST, TRAIN

from ..formats import Message, read_net, upgrade_net
from ..translate import Model, Settings, describe_unread, translate
from .files import find

TRAINED = ("net", "net_param", "train_net", "train_net_param")
EMBEDDED = ("net_param", "train_net_param", "test_net_param")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNet:
    """A net in the current format, where it was found, and for which phase, level and stages it is meant."""

    message: Message
    settings: Settings
    folder: Path

    def model(self) -> Model:
        """Its translation."""
        return translate(self.message, self.settings, folder=self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetToTest:
    """A net to test, and over how many batches."""

    net: NamedNet
    batches: int


class Nets:
    """The nets that the solver in the file `path` names; each is read once."""

    def __init__(self, solver: Message, path: Path) -> None:
        self.solver, self.folder = solver, path.parent
        self._read: dict[str, tuple[Message, Path]] = {}

    def to_train(self, level: int = 0, stages: Sequence[str] = ()) -> NamedNet:
        """The one net to train; `level` and `stages` go on top of the solver's `train_state`."""
        fields = [name for name in TRAINED if name in self.solver]
        if len(fields) != 1:
            said = (
                f"{' and '.join(fields)} are given; keep one" if fields else 'it names no net; add net: "net.prototxt"'
            )
            raise self._refuse(said)
        (named,) = self._under(fields[0])
        state = self.solver.train_state
        return self._named(named, TRAIN, level or int(state.level), (*state.stage, *stages))

    def to_test(self) -> tuple[NetToTest, ...]:
        """Those to test in Caffe's order: test_net_param, test_net, then the net itself for what test_iter is left."""
        found = [named for field in ("test_net_param", "test_net") for named in self._under(field)]
        generic = [named for field in ("net_param", "net") for named in self._under(field)]
        batches = list(self.solver.test_iter)
        if len(batches) < len(found) or (not generic and len(batches) != len(found)):
            raise self._refuse(f"{len(found)} test nets and {len(batches)} test_iter; write one for each")
        found += generic[:1] * (len(batches) - len(found))
        self._check(found, batches)
        return tuple(self._test(index, *pair) for index, pair in enumerate(zip(found, batches, strict=True)))

    def _check(self, found: Sequence[object], batches: Sequence[int]) -> None:
        states = len(self.solver.test_state)
        if states and states != len(found):
            raise self._refuse(f"{len(found)} test nets and {states} test_state; write one for each")
        if found and self.solver.test_interval < 1:
            raise self._refuse("test_interval is missing: after how many iterations to test")
        if any(count < 1 for count in batches):
            raise self._refuse(f"test_iter is a number of batches, at least 1, not {min(batches)}")

    def _test(self, index: int, named: tuple[Message, Path], batches: int) -> NetToTest:
        states = list(self.solver.test_state)
        level, stages = (int(states[index].level), tuple(states[index].stage)) if states else (0, ())
        return NetToTest(net=self._named(named, TEST, level, stages), batches=batches)

    def _named(self, named: tuple[Message, Path], phase: str, level: int, stages: Sequence[str]) -> NamedNet:
        kind = self.solver.regularization_type
        try:
            settings = Settings(phase=phase, level=level, stages=stages, regularization=kind)
        except OptionError as error:
            raise self._refuse(str(error)) from error
        return NamedNet(message=named[0], settings=settings, folder=named[1])

    def _under(self, field: str) -> list[tuple[Message, Path]]:
        """The nets under a field, each upgraded, with the folder that its paths may count from."""
        if field not in self.solver:
            return []
        value = getattr(self.solver, field)
        values = list(value) if self.solver.message_type.fields[field].repeated else [value]
        if field in EMBEDDED:
            return [(upgrade_net(message).net, self.folder) for message in values]
        return [self._open(field, str(name)) for name in values]

    def _open(self, field: str, name: str) -> tuple[Message, Path]:
        if name not in self._read:
            path = find(name, f"{self.solver.place}: {field}", self.folder)
            upgraded = read_net(path)
            for note in (*upgraded.notes, *describe_unread(upgraded.net)):
                logger.warning("%s: %s", path, note)
            self._read[name] = upgraded.net, path.parent
        return self._read[name]

    def _refuse(self, text: str) -> OptionError:
        return OptionError(f"{self.solver.place}: {text}")
