#!/usr/bin/env python3
"""Makes a site's trust bundle with python-tuf: site_bundle.py KEYS OUT VERSION [SPOILING] FILE=ROLE:PATH...

KEYS keeps the keys from one publication to the next. Each FILE=ROLE:PATH becomes a target of that role
(`root.json=trust:good/trusted_root.json`); of `targets`, as upstreams have them, at the top. Root: two of two; trust
and policy: two of two; deny and logs: one.
SPOILING: one-signature, swapped-target, absent-target. deny-alone: of the carriers, a new version of deny alone.
"""
import pathlib, sys
from datetime import datetime, timezone
from cryptography.hazmat.primitives import serialization
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole, Delegations, MetaFile, Metadata, Root, Snapshot, TargetFile, Targets, Timestamp)

LATER = datetime(2036, 1, 1, tzinfo=timezone.utc)
# Role: its people, how many of them must sign, the paths that it may speak of.
CARRIERS = {
    "trust": (["trust-1", "trust-2"], 2, ["*/*"]),
    "policy": (["policy-1", "policy-2"], 2, ["policy/*"]),
    "deny": (["deny-1"], 1, ["deny/*", "deny/*/*"]),
    "logs": (["logs-1"], 1, ["logs/*"]),
}


def signer(folder, name):
    path = folder / name
    if path.exists():
        return CryptoSigner(serialization.load_pem_private_key(path.read_bytes(), None))
    made = CryptoSigner.generate_ed25519()
    path.write_bytes(made.private_bytes)
    return made


def publish(signed, path, *signers):
    metadata = Metadata(signed)
    for each in signers:
        metadata.sign(each, append=True)
    metadata.to_file(str(path))


def main(keys, out, version, *rest):
    keys, out, version = pathlib.Path(keys), pathlib.Path(out), int(version)
    spoiling = [word for word in rest if "=" not in word]
    files = [word.split("=", 1) for word in rest if "=" in word]
    keys.mkdir(parents=True, exist_ok=True)
    (out / "metadata").mkdir(parents=True)
    (out / "targets").mkdir()
    names = ["root-1", "root-2", "targets", "snapshot", "timestamp"]
    names += [name for people, _, _ in CARRIERS.values() for name in people]
    key = {name: signer(keys, name) for name in names}

    def carry(targets, role):
        for source, place in files:
            target_role, path = place.split(":", 1)
            if target_role != role:
                continue
            data = pathlib.Path(source).read_bytes()
            targets.targets[path] = file = TargetFile.from_data(path, data)
            folder, _, name = path.rpartition("/")
            (out / "targets" / folder).mkdir(parents=True, exist_ok=True)
            if "absent-target" not in spoiling:
                stored = data + b" " if "swapped-target" in spoiling else data
                (out / "targets" / folder / f"{file.hashes['sha256']}.{name}").write_bytes(stored)

    root = Root(version=1, expires=LATER, consistent_snapshot=True)
    for name in ["root-1", "root-2"]:
        root.add_key(key[name].public_key, "root")
    root.roles["root"].threshold = 2
    for role in ["targets", "snapshot", "timestamp"]:
        root.add_key(key[role].public_key, role)
    publish(root, out / "metadata/1.root.json", key["root-1"], key["root-2"])

    def now(role):
        return 1 if "deny-alone" in spoiling and role in ("targets", "trust", "policy", "logs") else version

    top = Targets(version=now("targets"), expires=LATER)
    top.delegations = Delegations({}, {
        role: DelegatedRole(role, [], threshold, False, paths=paths)
        for role, (_, threshold, paths) in CARRIERS.items()})
    for role, (people, _, _) in CARRIERS.items():
        for name in people:
            top.add_key(key[name].public_key, role)
    carry(top, "targets")
    publish(top, out / f"metadata/{now('targets')}.targets.json", key["targets"])

    for role, (signers, _, _) in CARRIERS.items():
        targets = Targets(version=now(role), expires=LATER)
        carry(targets, role)
        enough = signers[:1] if "one-signature" in spoiling and role == "trust" else signers
        publish(targets, out / f"metadata/{now(role)}.{role}.json", *[key[name] for name in enough])

    snapshot = Snapshot(version=version, expires=LATER)
    snapshot.meta = {f"{role}.json": MetaFile(now(role)) for role in ["targets", *CARRIERS]}
    publish(snapshot, out / f"metadata/{version}.snapshot.json", key["snapshot"])
    # Seven days are long over by the time that a stick arrives.
    timestamp = Timestamp(version=version, expires=datetime(2026, 1, 8, tzinfo=timezone.utc))
    timestamp.snapshot_meta = MetaFile(version)
    publish(timestamp, out / "metadata/timestamp.json", key["timestamp"])


main(*sys.argv[1:])
