#!/usr/bin/env python3
"""python-tuf on the other side: makes repositories, honest and not, and is a client of other people's.

Usage: tuf_peer.py scenarios            the names of the scenarios, one a line
       tuf_peer.py make SCENARIO DIR    DIR/root.json, DIR/first and DIR/second, each with metadata/ and targets/
       tuf_peer.py client DIR TARGET    what python-tuf's client makes of DIR/first and then DIR/second: a line for each,
                                        `ok`, `unknown` (no such target) or the exception's name
"""
import copy
import datetime
import os
import sys
from collections import OrderedDict

from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api import exceptions
from tuf.api.metadata import (
    DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp)
from tuf.ngclient import FetcherInterface, Updater

TOP = ("root", "timestamp", "snapshot", "targets")
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
LATER = NOW + datetime.timedelta(days=2)
LAST = 2**63 - 1


class Repository:
    """A publisher: its decisions are attributes, `publish` makes files of them."""

    def __init__(self, kind="ed25519"):
        self.kind = kind
        self.files, self.contents = {}, {}
        self.signers = {role: [self.key()] for role in TOP}
        self.hashed = False
        self.spoil = {}
        self.root = Root(1, expires=LATER, consistent_snapshot=True)
        self.timestamp = Timestamp(1, expires=LATER)
        self.snapshot = Snapshot(1, expires=LATER)
        self.roles = OrderedDict(targets=Targets(1, expires=LATER))
        for role in TOP:
            self.root.add_key(self.signers[role][0].public_key, role)
        self.target("file.txt", b"contents of file.txt\n")

    def key(self):
        return getattr(CryptoSigner, "generate_" + self.kind)()

    def target(self, path, data, role="targets"):
        self.roles[role].targets[path] = TargetFile.from_data(path, data, ["sha256", "sha512"])
        self.contents[path] = data

    def delegate(self, name, delegator="targets", paths=("*", "*/*"), terminating=False):
        parent = self.roles[delegator]
        if parent.delegations is None:
            parent.delegations = Delegations({}, roles={})
        if name not in self.signers:
            self.signers[name] = [self.key()]
            self.roles[name] = Targets(1, expires=LATER)
        parent.delegations.roles[name] = DelegatedRole(name, [], 1, terminating, paths=list(paths))
        for signer in self.signers[name]:
            parent.add_key(signer.public_key, name)

    def rotate(self, role):
        for signer in self.signers[role]:
            self.root.revoke_key(signer.public_key.keyid, role)
        self.signers[role] = [self.key()]
        self.root.add_key(self.signers[role][0].public_key, role)

    def next(self, *roles):
        for role in roles or ("timestamp", "snapshot", *self.roles):
            (self.roles.get(role) or getattr(self, role)).version += 1

    def write(self, role, signed, name, signers=None):
        metadata = Metadata(copy.deepcopy(signed))
        for signer in signers if signers is not None else self.signers[role]:
            metadata.sign(signer, append=True)
        data = metadata.to_bytes()
        self.files["metadata/" + name] = self.spoil.get(role, lambda data: data)(data)
        return data

    def listed(self, version, data):
        return MetaFile.from_data(version, data, ["sha256"]) if self.hashed else MetaFile(version)

    def publish(self, listing=None, signers=None):
        """Everything but the root. `listing` may change the snapshot's list."""
        signers = signers or {}
        self.snapshot.meta = {}
        for role, signed in self.roles.items():
            quoted = role.replace("/", "%2F")
            data = self.write(role, signed, f"{signed.version}.{quoted}.json", signers.get(role))
            self.snapshot.meta[f"{role}.json"] = self.listed(signed.version, data)
            for path, info in signed.targets.items():
                folder, slash, base = path.rpartition("/")
                for digest in info.hashes.values():
                    self.files[f"targets/{folder}{slash}{digest}.{base}"] = self.contents[path]
        if listing:
            listing(self.snapshot.meta)
        data = self.write("snapshot", self.snapshot, f"{self.snapshot.version}.snapshot.json", signers.get("snapshot"))
        self.timestamp.snapshot_meta = self.listed(self.snapshot.version, data)
        self.write("timestamp", self.timestamp, "timestamp.json", signers.get("timestamp"))

    def publish_root(self, signers=None, name=None):
        self.write("root", self.root, f"{name or self.root.version}.root.json", signers)

    def publish_next_root(self, extra=()):
        self.root.version += 1
        self.publish_root(self.signers["root"] + list(extra))


# Each scenario changes a repository whose first publication, made by `begin`, was accepted.
SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__.replace("_", "-")] = function
    return function


def begin(folder, repository):
    repository.publish()
    repository.publish_root()
    with open(os.path.join(folder, "root.json"), "wb") as file:
        file.write(repository.files["metadata/1.root.json"])
    save(folder, "first", repository)


def save(folder, stage, repository):
    for name, data in repository.files.items():
        path = os.path.join(folder, stage, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def ordinary(folder, kind="ed25519", change=lambda repository: None):
    repository = Repository(kind)
    repository.delegate("team")
    repository.target("team/tool", b"a tool\n", "team")
    change(repository)
    begin(folder, repository)
    return repository


@scenario
def honest(folder):
    repository = ordinary(folder)
    old = list(repository.signers["root"])
    repository.rotate("root")
    repository.publish_next_root(old)
    repository.rotate("timestamp")
    repository.publish_next_root()
    repository.target("file.txt", b"other contents\n")
    repository.next()
    repository.publish()
    return repository


@scenario
def honest_ecdsa(folder):
    repository = ordinary(folder, "ecdsa")
    repository.next()
    repository.publish()
    return repository


@scenario
def honest_rsa(folder):
    repository = ordinary(folder, "rsa")
    repository.next()
    repository.publish()
    return repository


@scenario
def honest_hashed(folder):
    repository = ordinary(folder, change=lambda repository: setattr(repository, "hashed", True))
    repository.next()
    repository.publish()
    return repository


@scenario
def honest_unicode(folder):
    repository = ordinary(folder)
    repository.root.unrecognized_fields["x-é\u2028\U0001f600\uff61"] = 'quote " backslash \\ line\nbreak \x01 ü'
    repository.publish_next_root()
    return repository


def threshold(folder, role):
    repository = ordinary(folder)
    extra = repository.key()
    repository.root.add_key(extra.public_key, role)
    repository.root.roles[role].threshold = 2
    repository.publish_next_root([extra] if role == "root" else [])
    if role == "root":
        repository.publish_next_root()
    repository.next()
    repository.publish()
    return repository


for role in TOP:
    SCENARIOS["threshold-" + role] = lambda folder, role=role: threshold(folder, role)


@scenario
def threshold_delegated(folder):
    repository = ordinary(folder)
    repository.next()
    repository.publish(signers={"team": repository.signers["targets"]})
    return repository


@scenario
def one_key_twice(folder):
    """One key under two IDs, its signature under both, threshold 2."""
    repository = ordinary(folder)
    signer = repository.signers["snapshot"][0]
    key = signer.public_key
    twin = SSlibKey("0" * 64, key.keytype, key.scheme, key.keyval)
    repository.root.add_key(twin, "snapshot")
    repository.root.roles["snapshot"].threshold = 2
    repository.publish_next_root()
    repository.next()
    again = copy.copy(signer)
    again._public_key = twin
    repository.publish(signers={"snapshot": [signer, again]})
    return repository


def expired(folder, role):
    repository = ordinary(folder)
    signed = repository.roles.get(role) or getattr(repository, role)
    signed.expires = NOW - datetime.timedelta(seconds=1)
    repository.next()
    repository.publish()
    if role == "root":
        repository.publish_next_root()
    return repository


for role in (*TOP, "team"):
    SCENARIOS["expired-" + role] = lambda folder, role=role: expired(folder, role)


@scenario
def expired_root_on_the_way(folder):
    repository = ordinary(folder)
    repository.root.expires = NOW - datetime.timedelta(seconds=1)
    repository.publish_next_root()
    repository.root.expires = LATER
    repository.publish_next_root()
    return repository


@scenario
def skipped_root(folder):
    repository = ordinary(folder)
    repository.root.version = 3
    repository.publish_root(name=2)
    return repository


def lower(folder, role):
    repository = ordinary(folder, change=lambda repository: [repository.next() for _ in range(4)])
    repository.next()
    (repository.roles.get(role) or getattr(repository, role)).version = 3
    repository.publish()
    return repository


for role in ("timestamp", "snapshot", "targets", "team"):
    SCENARIOS["lower-" + role] = lambda folder, role=role: lower(folder, role)


@scenario
def lower_after_rotation(folder):
    repository = ordinary(folder, change=lambda repository: [repository.next() for _ in range(4)])
    repository.rotate("snapshot")
    repository.rotate("timestamp")
    repository.publish_next_root()
    for signed in (repository.timestamp, repository.snapshot, *repository.roles.values()):
        signed.version = 2
    repository.publish()
    return repository


def forward(folder, version, recover):
    def change(repository):
        repository.timestamp.version = version

    repository = ordinary(folder, change=change)
    if recover:
        repository.rotate("timestamp")
        repository.publish_next_root()
    repository.timestamp.version = 2
    repository.publish()
    return repository


SCENARIOS["forward"] = lambda folder: forward(folder, LAST, False)
SCENARIOS["forward-recovered"] = lambda folder: forward(folder, LAST, True)


@scenario
def beyond(folder):
    repository = ordinary(folder)
    repository.timestamp.version = LAST + 1
    repository.publish()
    return repository


def mixed(folder, name, hashed):
    repository = ordinary(folder, change=lambda repository: setattr(repository, "hashed", hashed))
    repository.next()
    repository.publish()
    other = copy.deepcopy({key: value for key, value in repository.files.items()})
    repository.next()
    repository.publish()
    # What the newest publication leads to, out of the one before.
    repository.files[f"metadata/3.{name}.json"] = other[f"metadata/2.{name}.json"]
    return repository


for name in ("snapshot", "targets", "team"):
    SCENARIOS["mixed-" + name] = lambda folder, name=name: mixed(folder, name, False)
    SCENARIOS["mixed-hashed-" + name] = lambda folder, name=name: mixed(folder, name, True)


@scenario
def stranger(folder):
    """Another repository's files behind this one's root."""
    repository = ordinary(folder)
    other = Repository()
    other.next()
    other.publish()
    repository.files.update(other.files)
    return repository


@scenario
def endless_timestamp(folder):
    repository = ordinary(folder)
    repository.spoil["timestamp"] = lambda data: data + b" " * 20_000
    repository.next()
    repository.publish()
    return repository


@scenario
def endless_root(folder):
    repository = ordinary(folder)
    repository.files["metadata/2.root.json"] = b"{" + b" " * 600_000
    return repository


@scenario
def longer_snapshot(folder):
    repository = ordinary(folder, change=lambda repository: setattr(repository, "hashed", True))
    repository.spoil["snapshot"] = lambda data: data + b"\n"
    repository.next()
    repository.publish()
    return repository


def spoilt(folder, change):
    repository = ordinary(folder)
    repository.target("file.txt", b"newer contents\n")
    repository.next()
    repository.publish()
    for name in repository.files:
        if name.startswith("targets/") and repository.files[name] == b"newer contents\n":
            repository.files[name] = change(repository.files[name])
    return repository


SCENARIOS["target-altered"] = lambda folder: spoilt(folder, lambda data: data.upper())
SCENARIOS["target-longer"] = lambda folder: spoilt(folder, lambda data: data + b"\n")
SCENARIOS["target-shorter"] = lambda folder: spoilt(folder, lambda data: data[:-1])


@scenario
def target_unknown(folder):
    repository = ordinary(folder)
    del repository.roles["targets"].targets["file.txt"]
    repository.next()
    repository.publish()
    return repository


@scenario
def delegation_loop(folder):
    repository = ordinary(folder)
    repository.delegate("other", "team")
    repository.delegate("team", "other")
    del repository.roles["targets"].targets["file.txt"]
    repository.next()
    repository.publish()
    return repository


@scenario
def delegation_unlisted(folder):
    repository = ordinary(folder)
    repository.delegate("new")
    del repository.roles["targets"].targets["file.txt"]
    repository.next()
    repository.publish(listing=lambda meta: meta.pop("new.json"))
    return repository


@scenario
def role_lost(folder):
    repository = ordinary(folder)
    repository.next()
    repository.publish(listing=lambda meta: meta.pop("team.json"))
    return repository


@scenario
def delegation_absent(folder):
    repository = ordinary(folder)
    repository.delegate("new")
    repository.roles["new"].targets["file.txt"] = repository.roles["targets"].targets.pop("file.txt")
    repository.next()
    repository.publish()
    del repository.files["metadata/2.new.json"]
    return repository


@scenario
def delegation_outside(folder):
    """A role speaks of a path that it was not given."""
    repository = ordinary(folder)
    repository.delegate("new", paths=("elsewhere/*",))
    repository.roles["new"].targets["file.txt"] = repository.roles["targets"].targets.pop("file.txt")
    repository.next()
    repository.publish()
    return repository


@scenario
def delegation_terminating(folder):
    repository = ordinary(folder)
    repository.delegate("first", paths=("f*",), terminating=True)
    repository.delegate("second", paths=("f*",))
    repository.roles["second"].targets["file.txt"] = repository.roles["targets"].targets.pop("file.txt")
    repository.roles["targets"].delegations.roles.pop("team")
    repository.next()
    repository.publish()
    return repository


@scenario
def delegation_unusual_name(folder):
    repository = ordinary(folder)
    repository.delegate("../new")
    repository.roles["../new"].targets["file.txt"] = repository.roles["targets"].targets.pop("file.txt")
    repository.next()
    repository.publish()
    return repository


def unknown_key(folder, alone):
    repository = ordinary(folder)
    signer = repository.signers["snapshot"][0]
    strange = SSlibKey("1" * 64, "lattice", "lattice-1", {"public": "00"})
    if alone:
        repository.root.revoke_key(signer.public_key.keyid, "snapshot")
    repository.root.add_key(strange, "snapshot")
    repository.publish_next_root()
    repository.next()
    repository.publish()
    return repository


SCENARIOS["unknown-key-alone"] = lambda folder: unknown_key(folder, True)
SCENARIOS["unknown-key-beside"] = lambda folder: unknown_key(folder, False)


class Folder(FetcherInterface):
    """A repository in a folder, under the address `folder:PATH/`."""

    def _fetch(self, url):
        path = url.removeprefix("folder:")
        if not os.path.exists(path):
            raise exceptions.DownloadHTTPError(path, 404)
        with open(path, "rb") as file:
            yield file.read()


def client(folder, target):
    kept = os.path.join(folder, "python")
    os.makedirs(os.path.join(kept, "targets"))
    with open(os.path.join(folder, "root.json"), "rb") as file:
        bootstrap = file.read()
    for stage in ("first", "second"):
        try:
            updater = Updater(
                kept, f"folder:{folder}/{stage}/metadata/", os.path.join(kept, "targets"),
                f"folder:{folder}/{stage}/targets/", Folder(), bootstrap=bootstrap)
            bootstrap = None
            updater.refresh()
            info = updater.get_targetinfo(target)
            if info:
                updater.download_target(info)
            print("ok" if info else "unknown")
        except (exceptions.RepositoryError, exceptions.DownloadError, ValueError) as error:
            print(type(error).__name__)


def main(arguments):
    match arguments:
        case ["scenarios"]:
            print("\n".join(SCENARIOS))
        case ["make", name, folder]:
            save(folder, "second", SCENARIOS[name](folder))
        case ["client", folder, target]:
            client(folder, target)
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
