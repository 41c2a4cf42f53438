"""Documents: judged by content, kept whole, seen by their platform, fixed once submitted."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.services.documents import remove_unused
from tests.applications.desk import Desk
from tests.http.asking import refused
from tests.http.test_observing import logged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PDF = b"%PDF-1.7\n" + b"x" * 100_000 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + b"\x00" * 50
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 50
MOST = 20 * 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    os.environ["DUIXIAN_DOCUMENTS"] = str(tmp_path / "documents")
    yield tmp_path / "documents"
    del os.environ["DUIXIAN_DOCUMENTS"]


@pytest.fixture
def archive(folder: Path, database_url: str) -> Iterator[Desk]:
    """A desk whose documents are in a folder of their own."""
    assert folder
    running = Desk(database_url)
    yield running
    running.close()


def upload(desk: Desk, content: bytes = PDF, name: str = "营业执照.pdf", **more: Any) -> Any:
    role = more.pop("role", "apply")
    return desk.ask(
        role, "POST", "/v1/documents", files={"file": (name, content)}, data=more.pop("data", {}), **more
    )


def uploaded(desk: Desk, content: bytes = PDF, **more: Any) -> dict[str, Any]:
    answer = upload(desk, content, **more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def mistakes(answer: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in refused(answer, 422, "invalid-request")["errors"]]


def test_what_goes_in_comes_out(archive: Desk, folder: Path) -> None:
    made = upload(archive, data={"kind": "licence", "sha256": hashlib.sha256(PDF).hexdigest().upper()})
    assert made.status_code == 201, made.text
    form = made.json()
    assert form["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (form["size"], form["media_type"], form["kind"]) == (len(PDF), "application/pdf", "licence")
    assert (form["name"], form["application"], form["fixed"]) == ("营业执照.pdf", None, False)
    assert made.headers["location"] == f"/v1/documents/{form['id']}"
    assert archive.get("apply", made.headers["location"]).json() == form
    content = archive.get("review", f"/v1/documents/{form['id']}/content")
    assert content.content == PDF
    assert content.headers["content-type"] == "application/pdf"
    assert content.headers["content-length"] == str(len(PDF))
    assert content.headers["x-content-type-options"] == "nosniff"
    assert content.headers["cache-control"] == "no-store"
    assert "sandbox" in content.headers.get_list("content-security-policy")[0]
    assert content.headers["content-disposition"] == (
        "attachment; filename=\"____.pdf\"; filename*=UTF-8''%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7.pdf"
    )
    [kept] = files(folder)
    assert kept.read_bytes() == PDF
    assert (folder.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [(PNG, "a.pdf", "image/png"), (JPEG, "b", "image/jpeg"), (PDF, "c.exe", "application/pdf")],
)
def test_a_kind_is_what_the_content_says(archive: Desk, content: bytes, name: str, media_type: str) -> None:
    assert uploaded(archive, content, name=name)["media_type"] == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"<html>%PDF-1.7</html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04",
        b"%PDF-x",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8",
    ],
)
def test_no_other_kind_is_taken(archive: Desk, folder: Path, content: bytes) -> None:
    assert mistakes(upload(archive, content)) == [("/file", "format")]
    assert files(folder) == []


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"files": {"file": ("a.pdf", b"")}}, [("/file", "length")]),
        ({"files": {"paper": ("a.pdf", PDF)}}, [("/paper", "unknown_field"), ("/file", "required")]),
        ({"files": [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]}, [("/file", "duplicate_id")]),
        ({"files": {"file": ("a.pdf", PDF)}, "data": {"sha256": "0" * 64}}, [("/sha256", "relation")]),
        ({"files": {"file": ("a.pdf", PDF)}, "data": {"kind": "x" * 201}}, [("/kind", "length")]),
        ({"files": {"file": ("a.pdf", PDF)}, "data": {"kind": "a\u0000b"}}, [("/kind", "text")]),
        ({"files": {"file": ("a.pdf", PDF)}, "data": {"owner": "me"}}, [("/owner", "unknown_field")]),
    ],
)
def test_what_is_wrong_with_a_form(archive: Desk, folder: Path, sent: dict[str, Any], found: Any) -> None:
    assert mistakes(archive.ask("apply", "POST", "/v1/documents", **sent)) == found
    assert files(folder) == []


def form_of(*parts: bytes, end: bytes = b"--b--\r\n") -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


FILE_PART = b'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'


@pytest.mark.parametrize(
    ("content_type", "body", "status", "slug"),
    [
        ("application/json", b"{}", 415, "unsupported-media-type"),
        ("multipart/form-data", b"", 415, "unsupported-media-type"),
        ("multipart/form-data; boundary=b", b"", 400, "malformed-form"),
        ("multipart/form-data; boundary=b", b"no form at all", 400, "malformed-form"),
        ("multipart/form-data; boundary=b", form_of(FILE_PART, end=b""), 400, "malformed-form"),
        ("multipart/form-data; boundary=b", form_of(FILE_PART)[:-20], 400, "malformed-form"),
        ("multipart/form-data; boundary=b", form_of(b"X: y\r\n\r\nz"), 400, "malformed-form"),
        (
            "multipart/form-data; boundary=b",
            form_of(*[b'Content-Disposition: form-data; name="x"\r\n\r\n'] * 20),
            400,
            "malformed-form",
        ),
        ("multipart/form-data; boundary=b", form_of(b"A" * 9000 + b": x\r\n\r\n"), 400, "malformed-form"),
    ],
)
def test_no_form_no_document(archive: Desk, content_type: str, body: bytes, status: int, slug: str) -> None:
    headers = {"Content-Type": content_type}
    refused(archive.ask("apply", "POST", "/v1/documents", content=body, headers=headers), status, slug)


def test_twenty_mebibytes_and_no_more(archive: Desk, folder: Path) -> None:
    exact = PDF + b"\0" * (MOST - len(PDF))
    assert uploaded(archive, exact)["size"] == MOST
    refused(upload(archive, exact + b"\0"), 413, "body-too-large")
    padded = {"files": {"file": ("a.pdf", PDF)}, "data": {"kind": "x" * (MOST + 100_000)}}
    refused(archive.ask("apply", "POST", "/v1/documents", **padded), 413, "body-too-large")
    assert len(files(folder)) == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\合同.pdf", "合同.pdf"),
        (".htaccess", "htaccess"),
        ("..", "document.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("  a   b.pdf ", "a b.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_have_no_folders_and_no_tricks(archive: Desk, name: str, kept: str) -> None:
    assert uploaded(archive, name=name)["name"] == kept


def test_a_file_counts_by_its_content(archive: Desk, folder: Path) -> None:
    key = {"Idempotency-Key": "one"}
    first = upload(archive, headers=key)
    again = upload(archive, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    refused(upload(archive, PDF + b"x", headers=key), 422, "idempotency-key-reused")
    assert len(files(folder)) == 1
    headers = {"Authorization": "Bearer dx_live_apply", "Idempotency-Key": ""}
    refused(upload(archive, headers=headers, role=None), 400, "idempotency-key-missing")


def test_another_platform_finds_nothing(archive: Desk) -> None:
    document = uploaded(archive)["id"]
    for path in (f"/v1/documents/{document}", f"/v1/documents/{document}/content"):
        refused(archive.get("other", path), 404, "not-found")
        assert archive.get("audit", path).status_code == 200
    answer = archive.ask("other", "DELETE", f"/v1/documents/{document}", headers={"If-Match": '"1"'})
    refused(answer, 404, "not-found")
    body = {"policy": "yanhu-ip", "year": 2026, "measures": ["patent-grants"], "documents": [document]}
    body["applicant"] = {"name": "示例企业", "uscc": "91140802MA0GT0018G", "kind": "enterprise"}
    assert mistakes(archive.post("other", "/v1/applications", body)) == [("/documents/0", "choice")]
    assert archive.post("apply", "/v1/applications", body).status_code == 201


def test_a_document_belongs_to_one_application(archive: Desk) -> None:
    document = uploaded(archive)["id"]
    first = archive.draft(["patent-grants"], documents=[document])
    assert [one["id"] for one in first["documents"]] == [document]
    second = archive.draft(["patent-grants"])

    def change(application: str, ids: list[str]) -> Any:
        etag = archive.get("apply", f"/v1/applications/{application}").headers["etag"]
        return archive.ask(
            "apply",
            "PATCH",
            f"/v1/applications/{application}",
            json={"documents": ids},
            headers={"If-Match": etag},
        )

    assert mistakes(change(second["id"], [document])) == [("/documents/0", "choice")]
    assert mistakes(change(first["id"], [document, document])) == [("/documents/1", "duplicate_id")]
    assert change(first["id"], []).json()["documents"] == []
    assert change(second["id"], [document]).status_code == 200
    assert archive.get("apply", f"/v1/documents/{document}").json()["application"] == second["id"]


def delete(desk: Desk, document: str, etag: str | None = None) -> Any:
    etag = etag or desk.get("apply", f"/v1/documents/{document}").headers["etag"]
    return desk.ask("apply", "DELETE", f"/v1/documents/{document}", headers={"If-Match": etag})


def test_what_was_submitted_stays(archive: Desk, folder: Path) -> None:
    document = uploaded(archive)["id"]
    draft = archive.draft(["patent-grants"], documents=[document])
    assert refused(delete(archive, document, '"2"'), 409, "conflict")["application"] == draft["id"]
    archive.done("apply", draft["id"], "submit")
    form = archive.get("apply", f"/v1/documents/{document}").json()
    assert (form["fixed"], form["application"]) == (True, draft["id"])
    refused(delete(archive, document), 409, "conflict")
    assert len(files(folder)) == 1


def test_content_that_is_gone_is_said_to_be_and_logged(archive: Desk, folder: Path) -> None:
    document = uploaded(archive)["id"]
    (stored,) = folder.rglob(document)
    stored.unlink()
    with logged() as lines:
        problem = refused(archive.get("apply", f"/v1/documents/{document}/content"), 404, "not-found")
    assert "restore" in problem["detail"]
    assert archive.get("apply", f"/v1/documents/{document}").status_code == 200
    (line,) = (line for line in lines if line["level"] == "error")
    assert line["document"] == document


def test_an_unused_document_can_be_deleted(archive: Desk, folder: Path) -> None:
    document = uploaded(archive)["id"]
    refused(archive.ask("apply", "DELETE", f"/v1/documents/{document}"), 428, "precondition-required")
    refused(delete(archive, document, '"9"'), 412, "precondition-failed")
    assert delete(archive, document).status_code == 204
    refused(archive.get("apply", f"/v1/documents/{document}"), 404, "not-found")
    assert files(folder) == []


def test_unused_ones_go_and_strays_with_them(archive: Desk, folder: Path) -> None:
    old, new, used = (uploaded(archive)["id"] for _ in range(3))
    archive.draft(["patent-grants"], documents=[used])
    with psycopg.connect(archive.url) as connection:
        connection.execute(
            "UPDATE documents SET created_at = now() - interval '8 days' WHERE id IN (%s, %s)", [old, used]
        )
    stray = folder / "00" / f"doc_{'0' * 32}"
    partial = folder / "00" / f".doc_{'1' * 30}00"
    for left in (stray, partial):
        left.parent.mkdir(exist_ok=True)
        left.write_bytes(b"left by an upload that failed")
    long_ago = (datetime.now(UTC) - timedelta(days=8)).timestamp()
    for file in files(folder):
        os.utime(file, (long_ago, long_ago))
    before = datetime.now(UTC) - timedelta(days=7)
    assert archive.run(remove_unused(archive.app.state.office, before)) == 1
    assert {file.name for file in files(folder)} == {new, used}
    refused(archive.get("apply", f"/v1/documents/{old}"), 404, "not-found")
    assert archive.get("apply", f"/v1/documents/{new}/content").content == PDF
