"""onsight.metadata: keywords in XMP, added to what other programs wrote and read back by one that we did not write."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from onsight.errors import InvalidSidecarError, UnwritableFileError
from onsight.metadata.sidecar import sidecar_path, write_sidecar
from onsight.metadata.xmp import Keywords, build, merge, read
from tests import exiftool

KEYWORDS = Keywords(
    ("Dog", "Mammal", "Animal", "Fish & chips", "Über <1 m"), (("Animal", "Mammal", "Dog"), ("Fish & chips",))
)

FOREIGN = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 6.0">
 <!-- written by another program -->
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="uuid:1"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:crs='http://ns.adobe.com/camera-raw-settings/1.0/'
   xmp:Rating="4"
   crs:Exposure2012="+0.35"/>
  <rdf:Description rdf:about="uuid:1" xmlns:dublin="http://purl.org/dc/elements/1.1/">
   <dublin:title><rdf:Alt><rdf:li xml:lang="x-default">Rex &amp; me</rdf:li></rdf:Alt></dublin:title>
   <dublin:subject>
\t<rdf:Bag>
\t <rdf:li>holiday</rdf:li>
\t <rdf:li>dog</rdf:li>
\t</rdf:Bag>
   </dublin:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


def with_lists(*lists: str) -> bytes:
    """Return a document of one line with the given properties."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:Description r:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:lr="http://ns.adobe.com/lightroom/1.0/">{"".join(lists)}</r:Description></r:RDF></x:xmpmeta>'
    ).encode()


def test_build_is_read_back() -> None:
    found = read(build(KEYWORDS))
    assert found.subjects == KEYWORDS.subjects
    assert found.paths == KEYWORDS.paths


def test_merge_takes_nothing_away() -> None:
    """Without the lines that are new the document is the old one, byte for byte."""
    old, new = FOREIGN.splitlines(keepends=True), merge(FOREIGN, KEYWORDS).splitlines(keepends=True)
    left = iter(new)
    assert all(line in left for line in old)  # each of them, in this order
    assert read(b"".join(new)).subjects == ("holiday", "dog", "Mammal", "Animal", "Fish & chips", "Über <1 m")
    assert b"\t <rdf:li>Mammal</rdf:li>\n" in new


def test_merge_says_what_the_document_is_about() -> None:
    assert merge(FOREIGN, KEYWORDS).count(b'rdf:about="uuid:1"') == 3


@pytest.mark.parametrize("document", [FOREIGN, build(Keywords((), ())), with_lists()])
def test_merge_adds_once(document: bytes) -> None:
    once = merge(document, KEYWORDS)
    assert merge(once, KEYWORDS) == once
    assert len(once) > len(document)


@pytest.mark.parametrize(
    "property",
    [
        "<dc:subject><r:Bag/></dc:subject>",
        "<dc:subject><r:Bag></r:Bag></dc:subject>",
        "<dc:subject><r:Bag><r:li/></r:Bag></dc:subject>",
        "<dc:subject><r:Seq><r:li>a</r:li><!-- b --></r:Seq></dc:subject>",
        "<dc:subject><r:Bag><r:li>a</r:li></r:Bag></dc:subject><lr:hierarchicalSubject><r:Bag/></lr:hierarchicalSubject>",
        '<dc:creator><r:Seq><r:li>dc:subject="&lt;r:Bag/>"</r:li></r:Seq></dc:creator>',
    ],
)
def test_merge_finds_lists_of_every_shape(property: str) -> None:
    document = with_lists(property)
    merged = merge(document, KEYWORDS)
    assert set(read(merged).subjects) >= set(KEYWORDS.subjects)
    assert set(KEYWORDS.paths) <= set(read(merged).paths)
    assert merged.count(b"<dc:subject>") == 1


def test_merge_fills_an_empty_document() -> None:
    document = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" />'
    assert read(merge(document, KEYWORDS)).subjects == KEYWORDS.subjects


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_merge_keeps_the_encoding(encoding: str) -> None:
    document = FOREIGN.decode().replace("\ufeff", "").encode(encoding)
    merged = merge(document, KEYWORDS)
    assert "Über" in merged.decode(encoding)
    assert merge(merged, KEYWORDS) == merged


def test_separators_inside_a_name_make_no_step() -> None:
    merged = build(Keywords(("AC/DC", "a|b"), (("Music", "AC/DC"), ("a|b",)))).decode()
    assert "<rdf:li>Music/AC-DC</rdf:li>" in merged
    assert "<rdf:li>Music|AC/DC</rdf:li>" in merged
    assert "<rdf:li>a-b</rdf:li>" in merged


def test_what_xml_cannot_hold_becomes_a_mark() -> None:
    assert read(build(Keywords(("a\x01b\ud800",), ()))).subjects == ("a�b�",)


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description>&b;</r:Description></r:RDF>"""


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"", "broken"),
        (FOREIGN[:-60], "broken"),
        (b"\xff\xd8\xff\xe0 a picture", "not in UTF-8"),
        (b"<html/>", "no rdf:RDF"),
        (BOMB, "document type"),
        (with_lists('<dc:subject><r:Description r:value="cat"/></dc:subject>'), "form to which nothing can be added"),
    ],
)
def test_merge_refuses_what_it_could_harm(document: bytes, message: str) -> None:
    with pytest.raises(InvalidSidecarError, match=message):
        merge(document, KEYWORDS)


# The file beside the picture


def test_sidecar_is_written_then_added_to(tmp_path: Path) -> None:
    picture = tmp_path / "cat.jpg"
    (first,) = write_sidecar(picture, Keywords(("Cat",), (("Cat",),)))
    assert (first.path.name, first.added, first.kept, first.is_new) == ("cat.jpg.xmp", 1, 0, True)
    (second,) = write_sidecar(picture, Keywords(("Cat", "Pet"), (("Pet", "Cat"),)))
    assert (second.added, second.kept, second.is_new) == (1, 1, False)
    assert read(first.path.read_bytes()).subjects == ("Cat", "Pet")
    assert [path.name for path in tmp_path.iterdir()] == ["cat.jpg.xmp"]


def test_sidecar_that_has_everything_is_not_touched(tmp_path: Path) -> None:
    path = sidecar_path(tmp_path / "cat.jpg")
    path.write_bytes(merge(FOREIGN, KEYWORDS))
    path.chmod(0o444)
    before = path.stat()
    (change,) = write_sidecar(tmp_path / "cat.jpg", KEYWORDS)
    assert change.added == 0
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_broken_sidecar_is_left_as_it_is(tmp_path: Path) -> None:
    path = sidecar_path(tmp_path / "cat.jpg")
    path.write_bytes(FOREIGN[:200])
    with pytest.raises(InvalidSidecarError, match=r"cat\.jpg\.xmp was left as it is\. The XMP is broken"):
        write_sidecar(tmp_path / "cat.jpg", KEYWORDS)
    assert path.read_bytes() == FOREIGN[:200]


def test_sidecar_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnwritableFileError, match="could not be written"):
        write_sidecar(tmp_path / "gone" / "cat.jpg", KEYWORDS)
    sidecar_path(tmp_path / "folder.jpg").mkdir()
    with pytest.raises(UnwritableFileError, match="could not be read"):
        write_sidecar(tmp_path / "folder.jpg", KEYWORDS)


@pytest.mark.skipif(sys.platform == "emscripten", reason="its file system has no modes")
def test_sidecar_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    real = tmp_path / "real.xmp"
    real.write_bytes(FOREIGN)
    real.chmod(0o640)
    sidecar_path(tmp_path / "cat.jpg").symlink_to(real)
    write_sidecar(tmp_path / "cat.jpg", KEYWORDS)
    assert sidecar_path(tmp_path / "cat.jpg").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert read(real.read_bytes()).subjects[0] == "holiday"


# Another program's view


def told_by_exiftool(path: Path) -> dict[str, object]:
    """Return what ExifTool reads of a sidecar, with the names of the groups."""
    return exiftool.read(path, "-G1", "-struct", "-all", "-validate")


def test_exiftool_reads_a_new_sidecar(tmp_path: Path) -> None:
    told = told_by_exiftool(write_sidecar(tmp_path / "dog.jpg", KEYWORDS)[0].path)
    assert told["XMP-dc:Subject"] == list(KEYWORDS.subjects)
    assert told["XMP-lr:HierarchicalSubject"] == ["Animal|Mammal|Dog", "Fish & chips"]
    assert told["XMP-digiKam:TagsList"] == ["Animal/Mammal/Dog", "Fish & chips"]
    assert told["ExifTool:Validate"] == "OK"


def test_exiftool_reads_both_programs_fields_of_a_merged_sidecar(tmp_path: Path) -> None:
    path = sidecar_path(tmp_path / "dog.jpg")
    path.write_bytes(FOREIGN)
    before = told_by_exiftool(path)
    write_sidecar(tmp_path / "dog.jpg", KEYWORDS)
    after = told_by_exiftool(path)
    volatile = ("System:", "XMP-dc:Subject", "XMP-lr:", "XMP-digiKam:", "ExifTool:", "SourceFile")
    assert {key: value for key, value in before.items() if not key.startswith(volatile)} == {
        key: value for key, value in after.items() if not key.startswith(volatile)
    }
    assert after["XMP-xmp:Rating"] == 4
    assert after["XMP-dc:Subject"] == ["holiday", "dog", "Mammal", "Animal", "Fish & chips", "Über <1 m"]
    assert after["XMP-lr:HierarchicalSubject"] == ["holiday", "Animal|Mammal|Dog", "Fish & chips"]
