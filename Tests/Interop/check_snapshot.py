#!/usr/bin/env python3
"""Checks a log snapshot without any of Assay's code: check_snapshot.py SNAPSHOT.tar

For each log's folder, with hashlib alone:
1. the tiles of the right edge fold to the checkpoint's root, and each other tile to its place in its parent (C2SP tlog-tiles);
2. each bundle's entries hash to the tile of level 0, each entry of entries/ leads by its proof to a carried checkpoint;
3. each earlier checkpoint is the beginning of the newest: by tiles, or by a chain of consistency proofs (RFC 9162 2.1.4.2).
Prints what each log holds, or what is wrong.
"""
import base64, hashlib, json, re, sys, tarfile


def sha(data):
    return hashlib.sha256(data).digest()


def node(left, right):
    return sha(b"\x01" + left + right)


def note(data):
    text, signatures = data[: data.rindex(b"\n\n") + 1], data[data.rindex(b"\n\n") + 2 :]
    assert signatures, "a checkpoint without signatures"
    lines = text.decode().split("\n")
    return lines[0], int(lines[1]), base64.b64decode(lines[2])


def name(index, width):
    parts = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        parts.insert(0, "x%03d" % (index % 1000))
    return "/".join(parts) + ("" if width == 256 else ".p/%d" % width)


def place(path):
    """Index and width of a tile's path below its level."""
    match = re.fullmatch(r"((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d*))?", path)
    index = 0
    for part in match[1].replace("x", "").split("/"):
        index = index * 1000 + int(part)
    width = int(match[2] or 256)
    assert name(index, width) == path, "%s is no tile's name" % path
    return index, width


def fold(hashes):
    while len(hashes) > 1:
        hashes = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def root_by_tiles(size, tiles):
    """RFC 6962 section 2.1, from the complete subtrees whose sizes are the bits of `size`."""
    edge, position = None, size
    for bit in range(size.bit_length()):
        if size >> bit & 1:
            position -= 1 << bit
            level, first = bit // 8, position >> 8 * (bit // 8)
            hashes = tiles[level, first // 256][first % 256 : first % 256 + (1 << bit % 8)]
            assert len(hashes) == 1 << bit % 8, "a tile is too narrow"
            edge = fold(hashes) if edge is None else node(fold(hashes), edge)
    return edge


def verify_inclusion(leaf, index, size, path, root):
    first, last = index, size - 1
    for sibling in path:
        assert last, "a proof is too long"
        if first & 1 or first == last:
            leaf = node(sibling, leaf)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            leaf = node(leaf, sibling)
        first, last = first >> 1, last >> 1
    assert not last and leaf == root, "a proof leads to another root"


def verify_consistency(old, old_root, new, new_root, path):
    if not old & (old - 1):
        path = [old_root] + path
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    one = other = path[0]
    for sibling in path[1:]:
        assert last, "a consistency proof is too long"
        if first & 1 or first == last:
            one, other = node(sibling, one), node(sibling, other)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            other = node(other, sibling)
        first, last = first >> 1, last >> 1
    assert not last and one == old_root and other == new_root, "a consistency proof leads elsewhere"


def check(files):
    log = json.loads(files.pop("log.json"))
    assert set(log) <= {"format", "origin", "kind", "treeID", "keys", "minimumIndex"}, "log.json has other members"
    assert log["format"] == "assay-log-snapshot/1", "log.json is of another format"
    heads = {}
    for path in [path for path in files if path.startswith("checkpoint")]:
        data = files.pop(path)
        origin, size, root = note(data)
        assert origin == log["origin"], "%s is of another log" % path
        assert path == "checkpoint" or path == "checkpoint.%d" % size, "%s is of another size" % path
        newest = size if path == "checkpoint" else None
        if newest:
            top = newest
        heads[size] = (root, data)
    assert top == max(heads), "checkpoint is not the newest"

    tiles = {}
    for path in [path for path in files if re.match(r"tile/\d", path)]:
        level = int(path.split("/")[1])
        index, width = place(path.split("/", 2)[2])
        data = files.pop(path)
        assert len(data) == 32 * width, "%s has another length" % path
        assert width == min(256, (top >> 8 * level) - 256 * index), "%s is not as wide as the tree has it" % path
        tiles[level, index] = [data[i : i + 32] for i in range(0, len(data), 32)]
    if tiles:
        assert root_by_tiles(top, tiles) == heads[top][0], "tiles: another root"
    for (level, index), hashes in tiles.items():
        if len(hashes) == 256:
            assert fold(hashes) == tiles[level + 1, index // 256][index % 256], "tile %d/%d: wrong" % (level, index)

    count = 0
    for path in [path for path in files if path.startswith("tile/entries/")]:
        index, width = place(path.split("/", 2)[2])
        data, leaves = files.pop(path), []
        while data:
            length = int.from_bytes(data[:2], "big")
            assert len(data) >= 2 + length, "an entry is cut short"
            leaves.append(sha(b"\0" + data[2 : 2 + length]))
            data = data[2 + length :]
        assert leaves == tiles[0, index] and len(leaves) == width, "%s: wrong entries" % path
        count += width

    for path in sorted(path for path in files if path.startswith("entries/")):
        index = int(re.fullmatch(r"entries/(\d+)\.json", path)[1])
        entry = json.loads(files.pop(path))
        assert set(entry) <= {"body", "integratedTime", "logID", "logIndex", "signedEntryTimestamp"}, path
        proof = files.pop("proofs/%d.tlog-proof" % index)
        lines, checkpoint = proof.split(b"\n\n", 1)
        lines = lines.decode().split("\n")
        assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index %d" % index], "%s: its proof is another's" % path
        size = note(checkpoint)[1]
        assert heads[size][1] == checkpoint, "%s: its proof's checkpoint is not carried" % path
        verify_inclusion(sha(b"\0" + base64.b64decode(entry["body"])), index, size,
                         [base64.b64decode(line) for line in lines[2:]], heads[size][0])
        count += 1

    reached, links = {top}, []
    for path in [path for path in files if path.startswith("consistency/")]:
        old, new = map(int, re.fullmatch(r"consistency/(\d+)-(\d+)", path).groups())
        hashes = [base64.b64decode(line) for line in files.pop(path).decode().splitlines()]
        verify_consistency(old, heads[old][0], new, heads[new][0], hashes)
        links.append((old, new))
    for old, new in sorted(links, reverse=True):
        if new in reached:
            reached.add(old)
    for size, (root, _) in heads.items():
        if tiles:
            assert root_by_tiles(size, tiles) == root, "checkpoint.%d: not what the tiles lead to" % size
        else:
            assert size in reached, "checkpoint.%d: nothing joins it with the newest" % size
    assert not files, "files that do not belong: %s" % sorted(files)
    print("%s: %d, earlier %s, tiles %d, entries %d" %
          (log["origin"], top, sorted(set(heads) - {top}), len(tiles), count))


folders = {}
with tarfile.open(sys.argv[1]) as tar:
    for member in tar:
        try:
            assert member.isreg() and (member.mode, member.uid, member.gid, member.mtime) == (0o644, 0, 0, 0), member.name
            folder, path = member.name.split("/", 1)
            assert re.fullmatch(r"[A-Za-z0-9._-]+", folder), folder
            assert path not in folders.setdefault(folder, {}), "%s is there twice" % member.name
            folders[folder][path] = tar.extractfile(member).read()
        except AssertionError as error:
            sys.exit("%s: %s" % (sys.argv[1], error))
for folder in sorted(folders):
    try:
        check(folders[folder])
    except (AssertionError, KeyError, TypeError) as error:
        sys.exit("%s: %s %s" % (folder, type(error).__name__, error))
