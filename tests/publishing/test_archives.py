"""Archives of packs: what goes in comes out, and what must not come out does not."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile

import pytest

from app.services.publishing import archives
from app.services.publishing.archives import NotAnArchive, pack, unpack
from tests.publishing.promises import files

FILES = files(100)


def zipped(entries: dict[str, bytes], **attributes: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = attributes.get("mode", 0o644) << 16
            archive.writestr(entry, content)
    return made.getvalue()


def tarred(entries: dict[str, bytes], kind: bytes = tarfile.REGTYPE, to: str = "") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.type, entry.linkname = len(content), kind, to
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


ENCODED = {path: text.encode() for path, text in FILES.items()}


def test_a_pack_comes_back_and_makes_the_same_bytes_every_time() -> None:
    assert unpack(pack(FILES)) == FILES
    assert pack(dict(reversed(FILES.items()))) == pack(FILES)


@pytest.mark.parametrize("made", [zipped, tarred])
def test_a_folder_around_it_is_taken_off_and_other_files_are_left(made: object) -> None:
    assert callable(made)
    around = {f"./my-pack/{path}": text for path, text in ENCODED.items()}
    around |= {"my-pack/.git/config.yaml": b"x", "my-pack/README.md": b"x", "__MACOSX/a.yaml": b"x"}
    assert unpack(made({name: text for name, text in around.items() if "MACOSX" not in name})) == FILES
    assert unpack(made(around)) == FILES


@pytest.mark.parametrize("made", [zipped, tarred])
@pytest.mark.parametrize(
    "name", ["../policy.yaml", "/etc/policy.yaml", "a/../../b.yaml", "a//b.yaml", "a\\b.yaml"]
)
def test_a_path_that_leads_out_is_refused(made: object, name: str) -> None:
    assert callable(made)
    with pytest.raises(NotAnArchive, match="may not be named"):
        unpack(made({**ENCODED, name: b"x: 1"}))


def test_links_are_refused() -> None:
    with pytest.raises(NotAnArchive, match="link"):
        unpack(zipped({"policy.yaml": b"/etc/passwd"}, mode=0o120777))
    with pytest.raises(NotAnArchive, match="link"):
        unpack(tarred({"policy.yaml": b""}, tarfile.SYMTYPE, "/etc/passwd"))
    with pytest.raises(NotAnArchive, match="link"):
        unpack(tarred({"policy.yaml": b""}, tarfile.FIFOTYPE))


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 100_000)
    monkeypatch.setattr(archives, "MOST_FILES", 50)
    for made in (zipped, tarred):
        with pytest.raises(NotAnArchive, match="when unpacked"):
            unpack(made({"policy.yaml": b" " * 100_001}))
        with pytest.raises(NotAnArchive, match="more than 50 files"):
            unpack(made({f"sets/{n}.txt": b"" for n in range(51)}))
    with pytest.raises(NotAnArchive, match="when unpacked"):
        unpack(gzip.compress(b"\0" * 1_000_000))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no whole zip"),
        (b"hello", "no whole zip"),
        (gzip.compress(b"hello", mtime=0), "no whole zip"),
        (gzip.compress(b"hello", mtime=0)[:-6], "no whole zip"),
        (pack(FILES)[:-30], "no whole zip"),
        (zipped({"policy.yaml": b"\xff\xfe"}), "not text in UTF-8"),
    ],
    ids=["nothing", "text", "gzip of text", "gzip cut short", "zip cut short", "another encoding"],
)
def test_what_is_no_archive_is_said_to_be_none(data: bytes, says: str) -> None:
    with pytest.raises(NotAnArchive, match=says) as refused:
        unpack(data)
    assert any("一" <= character <= "鿿" for character in refused.value.words.zh)


def compressed(kind: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        archive.writestr("policy.yaml", "x: 1" * 50)
    return made.getvalue()


def test_whatever_is_damaged_is_refused_and_nothing_else_is_raised() -> None:
    chance = random.Random(1)  # noqa: S311 - the same damage every time
    kinds = [compressed(zipfile.ZIP_LZMA), compressed(zipfile.ZIP_BZIP2)]
    whole = [pack(FILES), tarred(ENCODED), zipped(ENCODED), *kinds, gzip.decompress(tarred(ENCODED))]
    refused = 0
    for count in range(6_000):
        data = bytearray(whole[count % len(whole)])
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if count % 10 == 0:
            del data[chance.randrange(len(data)) :]
        sent = gzip.compress(bytes(data), 1) if count % len(whole) == len(whole) - 1 else bytes(data)
        try:
            unpack(sent)
        except NotAnArchive:
            refused += 1
    assert refused > 4_000


def test_an_encrypted_archive_and_a_file_without_a_name_are_refused() -> None:
    data = bytearray(zipped({"policy.yaml": b"x: 1"}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        data[data.index(mark) + (6 if mark[2] == 3 else 8)] |= 1
    with pytest.raises(NotAnArchive, match="encrypted"):
        unpack(bytes(data))
    with pytest.raises(NotAnArchive, match="may not be named"):
        unpack(zipped({"": b"x: 1"}))
