"""onsight.tools.organise.service: what a page asks of the library that it has open."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onsight.api import METHODS
from onsight.core.options import options_from
from onsight.core.results import Box
from onsight.errors import CODES, InvalidOptionError, InvalidQueryError, LibraryError, UnreadableFileError, error_of
from onsight.library.archives import Archive
from onsight.library.records import PictureRecord
from onsight.tools.organise import options, serialization
from onsight.tools.organise.archives import list_members
from onsight.tools.organise.service import LibraryService
from tests.library_samples import MODELS, look
from tests.pictures import encode, photo
from tests.stated_samples import bag, xmp


def file(path: str, size: int = 1000, modified_ms: int = 1_600_000_000_000) -> dict[str, Any]:
    folder, _, name = path.rpartition("/")
    return {"folder": folder, "name": name, "size": size, "modified_ms": modified_ms}


def ask(service: LibraryService, method: str, data: bytes | None = None, **options: Any) -> Any:
    """What the page is told, as plain data."""
    kind = METHODS[f"library_{method}"].options
    given = options_from(kind, options)
    answer = getattr(service, method)(given) if data is None else getattr(service, method)(data, given)
    return answer.to_json()


def take_in(service: LibraryService, path: str, seen: Any, **facts: int) -> dict[str, Any]:
    taken: dict[str, Any] = ask(service, "record", **file(path, **facts), look=serialization.pack(seen))
    return taken


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LibraryService]:
    """A library of three pictures."""
    service = LibraryService(lambda detect: {**MODELS, "detector": "1"} if detect else MODELS)
    ask(service, "open", path=str(tmp_path / "library.sqlite"))
    ask(service, "begin")
    take_in(service, "Holiday/1.jpg", look("Dog", tags=["Dog", "Ball"], content="1", size=(4000, 3000)), size=11)
    take_in(service, "Holiday/2.jpg", look("Cat", tags=["Cat"], content="2"), size=12)
    take_in(service, "Home/3.jpg", look("Cat", tags=["Cat"], content="3", category="Food"), size=13)
    yield service
    ask(service, "close")


def search_ids(service: LibraryService, query: str) -> list[int]:
    found: list[int] = ask(service, "search", query=query)["ids"]
    return found


def kinds(service: LibraryService, *files: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in ask(service, "check", files=list(files))["outcomes"]]


def test_nothing_is_answered_before_a_library_is_open() -> None:
    with pytest.raises(LibraryError, match="No library is open"):
        LibraryService(lambda detect: MODELS).search(options.SearchOptions())


def test_a_file_that_is_no_library_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "letters.sqlite"
    path.write_bytes(b"Dear Sir or Madam, " * 100)
    with pytest.raises(LibraryError, match="The library “letters” cannot be opened"):
        ask(LibraryService(lambda detect: MODELS), "open", path=str(path))


def test_files_are_known_by_their_facts_and_compared_where_these_differ(service: LibraryService) -> None:
    assert kinds(service, file("Holiday/1.jpg", 11), file("new.jpg", 99), file("Holiday/1.jpg", 12)) == [
        "unchanged",
        "new",
        "compare",
    ]
    assert ask(service, "compare", b"other bytes", **file("Holiday/1.jpg", 12))["kind"] == "new"


def test_of_new_files_of_one_size_the_others_wait_for_the_first(service: LibraryService) -> None:
    assert kinds(service, file("a.jpg", 50), file("b.jpg", 50), file("c.jpg", 51)) == ["new", "compare", "new"]
    assert kinds(service, file("d.jpg", 50)) == ["compare"]
    ask(service, "begin")
    assert kinds(service, file("d.jpg", 50)) == ["new"]


def test_a_file_that_moved_within_a_folder_that_was_chosen_keeps_its_tags(service: LibraryService) -> None:
    data = encode(photo(), "JPEG")
    import hashlib

    seen = replace(look("Dog", content="x"), hash=hashlib.sha256(data).hexdigest())
    old = take_in(service, "Holiday/old.jpg", seen, size=len(data))
    ask(service, "edit", action="add", ids=[old["id"]], tags=["Rex"])
    whole = [{"key": "", "lasting": False, "whole": True}]
    ask(service, "begin", arrivals=whole, files=[file("Holiday/1.jpg", 11), file("Holiday/sub/new.jpg", len(data))])
    moved = ask(service, "compare", data, **file("Holiday/sub/new.jpg", len(data)))
    assert (moved["kind"], moved["id"]) == ("moved", old["id"])
    assert ask(service, "picture", id=old["id"])["tags"][0]["name"] == "Rex"
    ask(service, "begin", arrivals=whole, files=[file("Elsewhere/copy.jpg", len(data))])
    assert ask(service, "compare", data, **file("Elsewhere/copy.jpg", len(data)))["kind"] == "copied"


def test_looking_for_objects_looks_again_at_what_was_seen_without(service: LibraryService) -> None:
    ask(service, "begin", detect=True)
    assert kinds(service, file("Holiday/1.jpg", 11)) == ["compare"]


def test_a_file_that_failed_is_listed_and_not_tried_again_unless_asked(service: LibraryService) -> None:
    broken = file("Holiday/broken.jpg", 5)
    ask(service, "refuse", **broken, code="corrupt_image", message="It is cut short.")
    assert kinds(service, broken) == ["failed"]
    (failed,) = ask(service, "failures")["files"]
    assert failed == {"folder": "Holiday", "name": "broken.jpg", "code": "corrupt_image", "message": "It is cut short."}
    assert ask(service, "status")["failed"] == 1
    ask(service, "begin", retry=True)
    assert kinds(service, broken) == ["new"]


def test_the_first_file_of_a_new_folder_may_fail(service: LibraryService) -> None:
    broken, fine = file("New/broken.jpg", 5), file("New/fine.jpg", 6)
    ask(service, "begin", files=[broken, fine])
    assert ask(service, "refuse", **broken, code="corrupt_image", message="It is cut short.")["kind"] == "failed"
    ask(service, "record", **fine, look=serialization.pack(look("Dog", content="fine")))
    assert [one["folder"] for one in ask(service, "failures")["files"]] == ["New"]
    assert len(search_ids(service, 'folder:"New"')) == 1
    assert kinds(service, broken, fine) == ["failed", "unchanged"]


def test_search_items_and_facets(service: LibraryService) -> None:
    assert ask(service, "search", query="cat", order="name")["ids"] == [2, 3]
    items = ask(service, "items", ids=[3, 77, 1])["items"]
    assert [(one["id"], one["name"], one["thumbnail"]) for one in items] == [
        (3, "3.jpg", b"thumbnail"),
        (1, "1.jpg", b"thumbnail"),
    ]
    facets = {one["kind"]: one for one in ask(service, "facets", query="cat")["facets"]}
    assert {(value["name"], value["count"]) for value in facets["category"]["values"]} == {("Pets", 1), ("Food", 1)}
    with pytest.raises(InvalidQueryError) as error:
        ask(service, "search", query="(cat")
    assert error.value.detail["position"] == 0


def test_everything_about_a_picture(service: LibraryService) -> None:
    ask(service, "edit", action="reject", ids=[1], tags=["Ball"])
    picture = ask(service, "picture", id=1)
    assert (picture["label"], picture["certain"], picture["boxes"]) == ("Dog", True, None)
    assert [tag["name"] for tag in picture["tags"]] == ["Dog"]
    assert picture["rejected"] == ["Ball"]
    assert {"name": "Size", "value": "4,000 × 3,000 pixels, JPEG"} in picture["facts"]
    with pytest.raises(InvalidOptionError):
        ask(service, "picture", id=77)


def test_edits_are_counted_undone_and_redone(service: LibraryService) -> None:
    made = ask(service, "edit", action="add", ids=[1, 2], tags=["Summer"])
    assert made == {"action": "Add “Summer”", "pictures": 2}
    counts = {one["name"]: (one["count"], one["own"]) for one in ask(service, "tags", ids=[1, 2, 3])["tags"]}
    assert counts == {"Cat": (2, 0), "Dog": (1, 0), "Ball": (1, 0), "Summer": (2, 2)}
    assert ask(service, "status")["undo"] == "Add “Summer”"
    assert ask(service, "undo") == made
    assert ask(service, "status")["redo"] == "Add “Summer”"
    assert ask(service, "redo") == made
    ask(service, "edit", action="rename", ids=[1, 2, 3], tags=["Summer"], name="July")
    assert ask(service, "search", query="user:july")["ids"] == [1, 2]
    ask(service, "undo")
    ask(service, "undo")
    assert ask(service, "undo") == {"action": None, "pictures": 0}


def test_searches_are_remembered_and_forgotten(service: LibraryService) -> None:
    ask(service, "save_search", name="Cats", query="cat")
    assert ask(service, "status")["searches"] == [{"name": "Cats", "query": "cat"}]
    assert ask(service, "save_search", name="Cats")["searches"] == []


@pytest.mark.parametrize("kind", ["exact", "near", "similar"])
def test_duplicates(service: LibraryService, kind: str) -> None:
    take_in(service, "Home/copy.jpg", look("Dog", content="1", size=(4000, 3000)), size=11)
    groups = ask(service, "duplicates", kind=kind)["groups"]
    assert {1, 4} <= set(groups[0]["ids"])
    assert groups[0]["spare_bytes"] == sum(groups[0]["sizes"][1:]) >= 11
    assert len(groups[0]["sizes"]) == len(groups[0]["ids"])
    assert ask(service, "duplicates", kind=kind, query="user:none")["groups"] == []


def test_pictures_that_look_like_one_come_in_an_order_of_their_own(service: LibraryService) -> None:
    found = ask(service, "search", query="similar:1", order="name")
    assert (found["ids"][0], found["order"]) == (1, "Most similar first")
    assert ask(service, "search", query="-similar:1", order="name")["order"] is None
    for facet in ask(service, "facets", query="similar:1")["facets"]:
        for value in facet["values"]:
            narrowed = ask(service, "search", query=f"similar:1 {value['query']}")
            assert len(narrowed["ids"]) == value["count"] <= len(found["ids"])


def test_a_plan_keeps_clear_of_what_is_there(service: LibraryService) -> None:
    plan = ask(service, "plan", ids=[1, 2, 3], by=["category"], taken=["PETS/1.JPG"])
    assert [move["target"] for move in plan["moves"]] == ["Pets/1 (2).jpg", "Pets/2.jpg", "Food/3.jpg"]
    assert not any(move["is_there"] for move in plan["moves"])
    assert plan["folders"] == [{"name": "Food", "count": 1}, {"name": "Pets", "count": 2}]
    rules = ask(service, "plan", ids=[1, 2, 3], by=["rule"], rules=["Dogs=dog"], pattern="{label}-{n}")
    assert [move["target"] for move in rules["moves"]] == ["Dogs/Dog-1.jpg", "Other/Cat-1.jpg", "Other/Cat-2.jpg"]
    assert ask(service, "plan", ids=[1], by=[])["folders"] == [{"name": "", "count": 1}]


def test_a_plan_knows_files_that_are_there_already(service: LibraryService) -> None:
    hash = hashlib.sha256(b"1").hexdigest()  # of the first picture
    taken = ["Pets/1.jpg", "Pets/1 (2).jpg", "Pets/2.jpg.xmp"]
    plan = ask(service, "plan", ids=[1, 2], by=["category"], taken=taken, hashes=["", hash, ""])
    assert [(move["target"], move["is_there"]) for move in plan["moves"]] == [
        ("Pets/1 (2).jpg", True),
        ("Pets/2 (2).jpg", False),  # a sidecar of something else is there
    ]
    with pytest.raises(InvalidOptionError, match="one hash for each of 3 paths"):
        ask(service, "plan", ids=[1], taken=taken, hashes=[hash])


@pytest.mark.parametrize("rule", ["nothing", "=dog", "Dogs= ", "a/b=dog", "Dogs=(dog"])
def test_a_wrong_rule_is_told_by_its_number(service: LibraryService, rule: str) -> None:
    with pytest.raises((InvalidOptionError, InvalidQueryError)) as told:
        ask(service, "plan", ids=[1], by=["rule"], rules=["Cats=cat", rule])
    assert told.value.detail["rule"] == 1


def test_a_file_that_was_moved_is_known_at_its_new_place(service: LibraryService) -> None:
    ask(service, "edit", action="add", ids=[1], tags=["Rex"])
    assert ask(service, "relocate", id=1, **file("Sorted/Pets/1.jpg", 11))["id"] == 1
    picture = ask(service, "picture", id=1)
    assert (picture["folder"], picture["name"]) == ("Sorted/Pets", "1.jpg")
    # The same file was known there: one of the two is enough, and it has the person's tags.
    take_in(service, "Again/1.jpg", look("Dog", content="1"), size=11)
    assert ask(service, "relocate", id=1, **file("Again/1.jpg", 11))["id"] == 4
    assert ask(service, "search", query="user:rex")["ids"] == [4]
    # Something else was: it is missing, and nothing that is known of it is lost.
    assert ask(service, "relocate", id=2, **file("Home/3.jpg", 12))["id"] == 2
    assert ask(service, "status")["pictures"] == 3
    missing = ask(service, "picture", id=3)
    assert missing["facts"][0] == {
        "name": "Missing",
        "value": "Another file has replaced this picture’s file. Add the folder that contains the picture.",
    }
    assert ask(service, "search", query="is:missing")["ids"] == [3]
    assert [item["missing"] for item in ask(service, "items", ids=[2, 3])["items"]] == [False, True]
    assert ask(service, "status")["missing"] == 1
    assert [move["id"] for move in ask(service, "plan", ids=[2, 3])["moves"]] == [2]
    with pytest.raises(InvalidOptionError):
        ask(service, "relocate", id=99, **file("Home/9.jpg"))


def test_a_picture_whose_file_is_damaged_says_so(service: LibraryService) -> None:
    warning = "The end of this JPEG file is missing."

    def seen(content: str, warning: str | None) -> PictureRecord:
        whole = look(content=content)
        image = replace(whole.classification.image, warning=warning)
        return replace(whole, classification=replace(whole.classification, image=image))

    told = take_in(service, "Home/4.jpg", seen("4", warning), size=14)
    assert (told["kind"], told["message"]) == ("seen", warning)
    assert search_ids(service, "is:damaged") == [4]
    assert ask(service, "picture", id=4)["facts"][0] == {"name": "Damaged", "value": warning}
    # Looked at again by a version that finds nothing wrong with it.
    assert take_in(service, "Home/4.jpg", seen("4", None), size=14)["id"] == 4
    assert search_ids(service, "is:damaged") == []
    assert "Damaged" not in {fact["name"] for fact in ask(service, "picture", id=4)["facts"]}


def test_exports_are_one_file(service: LibraryService) -> None:
    table = ask(service, "export", ids=[2, 1], format="csv")
    assert (table["name"], table["media_type"]) == ("pictures.csv", "text/csv")
    rows = list(csv.DictReader(io.StringIO(table["data"].decode("utf-8-sig"))))
    assert [row["path"] for row in rows] == ["Holiday/2.jpg", "Holiday/1.jpg"]
    sidecars = ask(service, "export", ids=[1, 3], format="xmp", name="tags")
    assert sidecars["name"] == "tags.zip"
    with zipfile.ZipFile(io.BytesIO(sidecars["data"])) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["Holiday/1.jpg.xmp", "Home/3.jpg.xmp"]
    assert ask(service, "export", ids=[1], format="xmp")["name"] == "1.jpg.xmp"


def test_keywords_and_sidecars_take_a_persons_tags(service: LibraryService) -> None:
    ask(service, "edit", action="add", ids=[1], tags=["Rex"])
    copy = ask(service, "keywords", encode(photo(), "JPEG"), id=1)
    assert copy["media_type"] == "image/jpeg"
    assert b"<rdf:li>Rex</rdf:li>" in copy["data"]
    (new,) = ask(service, "sidecars", b"", id=1)["sidecars"]
    assert new["name"] == "1.jpg.xmp"
    foreign = new["data"].replace(b"<rdf:li>Rex</rdf:li>", b"<rdf:li>Foreign</rdf:li>")
    there = [{"name": "1.xmp", "data": foreign}]
    (one,) = ask(service, "sidecars", b"", id=1, sidecars=there)["sidecars"]
    assert (one["name"], one["is_changed"]) == ("1.xmp", True)
    merged = one["data"]
    assert b"<rdf:li>Foreign</rdf:li>" in merged
    assert b"<rdf:li>Rex</rdf:li>" in merged


def test_pictures_are_forgotten(service: LibraryService) -> None:
    assert ask(service, "remove", ids=[1, 2])["pictures"] == 1
    assert ask(service, "search")["ids"] == [3]


def test_a_library_is_there_when_it_is_opened_again(service: LibraryService, tmp_path: Path) -> None:
    ask(service, "edit", action="add", ids=[1], tags=["Rex"])
    status = ask(service, "status")
    assert status["bytes"] > 10_000
    again = ask(service, "open", path=str(tmp_path / "library.sqlite"))
    assert {**again, "bytes": 0} == {**status, "bytes": 0}  # closing it may add what SQLite has learned of it


def test_choices_name_all_that_the_library_takes(service: LibraryService) -> None:
    choices = ask(service, "choices")
    assert all(choices.values())
    for order in choices["orders"]:
        ask(service, "search", order=order["id"])
    for grouping in choices["groupings"]:
        ask(service, "plan", ids=[1], by=[grouping["id"]])
    for format in choices["formats"]:
        assert ask(service, "export", ids=[1], format=format["id"])["data"], format
    for field in choices["fields"]:
        ask(service, "search", query=field["id"])


def test_a_parcel_holds_the_whole_look() -> None:
    seen = look("Dog", tags=["Dog"], boxes=[Box("dog", 0.9, 1, 2, 3, 4)], colours={"red": 0.5}, taken="2020-01-01")
    back = serialization.unpack(serialization.pack(seen))
    for name in type(seen).__dataclass_fields__:
        if name == "embedding":
            assert back.embedding.tolist() == seen.embedding.tolist()
        else:
            assert getattr(back, name) == getattr(seen, name)


def test_a_parcel_of_another_origin_is_refused() -> None:
    import os
    import pickle

    for data in (b"", b"nonsense", pickle.dumps({"hash": os.getcwd}), pickle.dumps({"hash": "x"})):
        with pytest.raises(InvalidOptionError):
            serialization.unpack(data)


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("search", {"query": 3}),
        ("items", {"ids": [0]}),
        ("items", {"ids": "1"}),
        ("edit", {"action": "burn", "ids": [1], "tags": ["a"]}),
        ("edit", {"action": "rename", "ids": [1], "tags": ["a", "b"], "name": "c"}),
        ("edit", {"action": "add", "ids": [1], "tags": []}),
        ("duplicates", {"kind": "odd"}),
        ("check", {"files": [{"name": "a.jpg"}]}),
        ("record", {**file("a.jpg"), "look": "text"}),
        ("refuse", {**file("a.jpg"), "code": "odd"}),
        ("open", {"path": ""}),
        ("export", {"ids": [1], "format": "odd"}),
    ],
)
def test_what_is_no_request_is_refused(service: LibraryService, method: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        ask(service, method, **options)


def test_errors_come_back_as_what_they_were() -> None:
    for code in CODES:
        assert error_of(code, "message").code == code
    with pytest.raises(ValueError, match="odd"):
        error_of("odd", "message")


def test_archives_list_their_pictures_and_give_them_out() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writer:
        pictures = ("b/2.jpg", "1.PNG", ".hidden.jpg", "__MACOSX/b/2.jpg", "../out.jpg")
        beside = ("b/2.XMP", "1.PNG.json", "b/._2.xmp", "__MACOSX/b/2.xmp", "../out.xmp")
        for name in (*pictures, *beside, "notes.txt"):
            writer.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), name.encode())
    archive = Archive(packed)
    listed = list_members(archive).to_json()
    assert [one["path"] for one in listed["members"]] == ["1.PNG", "b/2.jpg"]
    assert [(one["path"], one["size"]) for one in listed["others"]] == [
        ("1.PNG.json", 10),
        ("b/2.XMP", 7),
        ("notes.txt", 9),
    ]
    assert archive.read("b/2.jpg") == b"b/2.jpg"
    with pytest.raises(UnreadableFileError, match="no longer"):
        archive.read("c.jpg")
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        Archive(io.BytesIO(b"PK nonsense"))


def test_files_beside_pictures_are_paired_by_name_within_a_folder(service: LibraryService) -> None:
    pictures = ["Trip/a.jpg", "Trip/b.JPG", "Other/a.jpg", "c.jpg"]
    files = ["Trip/a.xmp", "Trip/A.JPG.XMP", "Trip/b.JPG.json", "Trip/z.xmp", "c.jpg.xmp", "d/c.xmp"]
    assert ask(service, "beside", pictures=pictures, files=files)["files"] == [[1, 0], [2], [], [4]]


def test_what_lies_beside_a_picture_is_read_with_it_and_again_when_it_changes(service: LibraryService) -> None:
    def beside(keyword: str) -> dict[str, Any]:
        return {"name": "a.xmp", "data": xmp(bag("dc:subject", keyword), 'xap:Rating="4"')}

    seen = look("Dog", content="a")
    source = {**file("Trip/a.jpg", 21), "beside": "a.xmp 100 1"}
    answer = ask(service, "record", **source, look=serialization.pack(seen), sidecars=[beside("Grandma")])
    assert search_ids(service, "user:grandma rating:4") == [answer["id"]]
    assert kinds(service, source) == ["unchanged"]
    source["beside"] = "a.xmp 100 2"
    assert kinds(service, source) == ["compare"]
    assert ask(service, "compare", b"", **source, sidecars=[beside("Picnic")])["kind"] == "unchanged"
    assert search_ids(service, "user:grandma") == []
    assert search_ids(service, "user:picnic") == [answer["id"]]
    assert kinds(service, source) == ["unchanged"]


def test_a_date_in_a_name_is_known_in_the_page_too(service: LibraryService) -> None:
    take_in(service, "IMG-20200714-WA0001.jpg", look("Dog", content="w"), size=31)
    assert len(search_ids(service, "date:name taken:2020-07-14")) == 1


def test_a_search_in_plain_words_is_completed_advised_and_explained(service: LibraryService) -> None:
    suggestions = ask(service, "suggest", query="do")["suggestions"]
    assert {"query": "dog", "words": "dog", "count": 1} in suggestions
    advice = ask(service, "advise", query="dogg")
    assert "“dogg” is unknown" in advice["sentences"][0]
    assert advice["spellings"][0] == {"query": "dog", "words": "dog", "count": 1}
    nearest = ask(service, "advise", query="dog xyzzyx")
    assert (nearest["nearest"], nearest["nearest_are"]) == ([1], "These pictures match the rest of your search.")
    assert ask(service, "advise", query="camera:none")["sentences"] == []
    assert ask(service, "explain", query="puppy", id=1)["sentences"] == ["“puppy”: Dog, a tag, 90%."]
