"""Dates of pictures: every form and source, the order of trust, and what is not a date."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.metadata.dates import SOURCES, choose, matching_sources, parse_date, parse_epoch, parse_iptc_date
from onsight.metadata.name_dates import date_in_name
from onsight.metadata.stated import DateCandidate

NOW = datetime(2026, 12, 1, 12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2020:07:14 12:34:56", "2020-07-14T12:34:56"),
        ("2020:07:14 12:34:56\0", "2020-07-14T12:34:56"),
        ("2020:07:14 12:34:56\0junk", "2020-07-14T12:34:56"),
        ("  2020:07:14 12:34:56 ", "2020-07-14T12:34:56"),
        ("2020:07:14  1:02:03", "2020-07-14T01:02:03"),
        ("2020-07-14T12:34:56", "2020-07-14T12:34:56"),
        ("2020-07-14 12:34:56.789", "2020-07-14T12:34:56"),
        ("2020/07/14 12:34:56", "2020-07-14T12:34:56"),
        ("2020.07.14 12:34:56", "2020-07-14T12:34:56"),
        ("2020-07-14T12:34:56+02:00", "2020-07-14T12:34:56"),
        ("2020-07-14T12:34:56.50-0500", "2020-07-14T12:34:56"),
        ("2020:07:14 12:34:56Z", "2020-07-14T12:34:56"),
        ("2020-07-14T12:34", "2020-07-14T12:34:00"),
        ("2020-07-14T12:34+09:00", "2020-07-14T12:34:00"),
        ("2020:07:14 01:02:03 PM", "2020-07-14T13:02:03"),
        ("2020:07:14 12:02:03 a.m.", "2020-07-14T00:02:03"),
        ("20200714T123456Z", "2020-07-14T12:34:56"),
        ("20200714123456", "2020-07-14T12:34:56"),
        ("20200714", "2020-07-14"),
        ("2020:07:14", "2020-07-14"),
        ("2020-07-14", "2020-07-14"),
        ("2020:07:14   :  :  ", "2020-07-14"),
        ("2020-07", "2020-07"),
        ("2020", "2020"),
        ("2020:07:00 00:00:00", "2020-07"),
        ("2020:00:00 00:00:00", "2020"),
        ("2020:  :     :  :  ", "2020"),
        ("2020:07:     :  :  ", "2020-07"),
        ("14 Jul 2020 12:34:56 GMT", "2020-07-14T12:34:56"),
        ("Tue, 14 Jul 2020 12:34:56 +0200", "2020-07-14T12:34:56"),
        ("Tue 14 July 2020", "2020-07-14"),
        ("Tue Jul 14 12:34:56 2020", "2020-07-14T12:34:56"),
        ("Tue Jul 14 12:34:56 CEST 2020", "2020-07-14T12:34:56"),
        # a leap second, or a clock that rounds: still on the same day
        ("2017:02:03 23:59:60", "2017-02-03T23:59:59"),
        # ISO 8601's end of a day; and phones that called the first hour of a day 24
        ("2020-07-14T24:00:00", "2020-07-15T00:00:00"),
        ("2020:07:14 24:05:06", "2020-07-14T00:05:06"),
        ("2020:02:29 00:00:00", "2020-02-29T00:00:00"),
    ],
)
def test_a_date_is_read_in_every_form_that_means_one_date(text: str, value: str) -> None:
    assert parse_date(text) == value


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "0000:00:00",
        "2021:02:29 12:00:00",
        "2020:13:01 12:00:00",
        "2020:07:32 12:00:00",
        "2020:07:14 25:00:00",
        "2020:07:14 12:60:00",
        "2020:07:14 12:00:61",
        "2020:07:14 13:00:00 PM",
        "07/14/2020 12:34:56",
        "04.07.2020",
        "20200714123",
        "14 Foo 2020",
        "unknown",
        "1594723456",
        "2020:07:14 12:34:56" + "0" * 100,
    ],
)
def test_what_is_no_date_or_could_be_several_is_none(text: str | None) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("date", "time", "value"),
    [
        ("20200714", "123456+0200", "2020-07-14T12:34:56"),
        ("20200714", "123456", "2020-07-14T12:34:56"),
        ("20200714", "12:34:56+02:00", "2020-07-14T12:34:56"),
        ("2020:07:14", None, "2020-07-14"),
        ("20200714", "noon", "2020-07-14"),
        ("20200700", "000000", "2020-07"),
        ("20200000", None, "2020"),
        ("00000000", "000000", None),
        ("2020", None, None),
        (None, "123456", None),
    ],
)
def test_iptc_dates(date: str | None, time: str | None, value: str | None) -> None:
    assert parse_iptc_date(date, time) == value


@pytest.mark.parametrize(
    ("seconds", "value"),
    [(1594730096, "2020-07-14T12:34:56"), (-86400, "1969-12-31T00:00:00"), (0, None), (1e30, None)],
)
def test_seconds_since_1970(seconds: float, value: str | None) -> None:
    assert parse_epoch(seconds) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMG_20200714_123456.jpg", "2020-07-14T12:34:56"),
        ("IMG_20200714_123456_1.jpg", "2020-07-14T12:34:56"),
        ("IMG_20200714_123456_HDR.jpg", "2020-07-14T12:34:56"),
        ("IMG_20200714_123456789.jpg", "2020-07-14T12:34:56"),
        ("IMG20200714123456.jpg", "2020-07-14T12:34:56"),
        ("MVIMG_20200714_123456.jpg", "2020-07-14T12:34:56"),
        ("VID_20200714_123456.jpg", "2020-07-14T12:34:56"),
        ("20200714_123456.jpg", "2020-07-14T12:34:56"),
        ("20200714_123456(0).jpg", "2020-07-14T12:34:56"),
        ("20200714-123456.heic", "2020-07-14T12:34:56"),
        ("WIN_20200714_12_34_56_Pro.jpg", "2020-07-14T12:34:56"),
        ("WP_20200714_12_34_56_Pro.jpg", "2020-07-14T12:34:56"),
        ("DJI_20200714123456_0001_D.JPG", "2020-07-14T12:34:56"),
        ("00000IMG_00000_BURST20200714123456789_COVER.jpg", "2020-07-14T12:34:56"),
        ("C360_2020-07-14-12-34-56-789.jpg", "2020-07-14T12:34:56"),
        ("Screenshot_2020-07-14-12-34-56.png", "2020-07-14T12:34:56"),
        ("Screenshot_2020-07-14-12-34-56-789_com.app.jpg", "2020-07-14T12:34:56"),
        ("Screenshot_20200714-123456_Chrome.jpg", "2020-07-14T12:34:56"),
        ("Screenshot 2020-07-14 at 12.34.56.png", "2020-07-14T12:34:56"),
        ("Screen Shot 2020-07-14 at 3.04.05 PM.png", "2020-07-14T15:04:05"),
        ("Screenshot 2020-07-14 at 12.04.05\u202fAM.png", "2020-07-14T00:04:05"),
        ("Screenshot 2020-07-14 123456.png", "2020-07-14T12:34:56"),
        ("Screenshot from 2020-07-14 12-34-56.png", "2020-07-14T12:34:56"),
        ("Bildschirmfoto 2020-07-14 um 12.34.56.png", "2020-07-14T12:34:56"),
        ("Capture d’écran 2020-07-14 à 12.34.56.png", "2020-07-14T12:34:56"),
        ("スクリーンショット 2020-07-14 12.34.56.png", "2020-07-14T12:34:56"),
        ("截屏2020-07-14 下午3.04.05.png", "2020-07-14T15:04:05"),
        ("WhatsApp Image 2020-07-14 at 12.34.56.jpeg", "2020-07-14T12:34:56"),
        ("WhatsApp Image 2020-07-14 at 1.34.56 PM (2).jpeg", "2020-07-14T13:34:56"),
        ("IMG-20200714-WA0001.jpg", "2020-07-14"),
        ("signal-2020-07-14-123456.jpg", "2020-07-14T12:34:56"),
        ("signal-2020-07-14-12-34-56-789.jpg", "2020-07-14T12:34:56"),
        ("photo_2020-07-14_12-34-56.jpg", "2020-07-14T12:34:56"),
        ("photo_5@14-07-2020_12-34-56.jpg", "2020-07-14T12:34:56"),
        ("viber_image_2020-07-14_12-34-56.jpg", "2020-07-14T12:34:56"),
        ("2020-07-14 12.34.56.jpg", "2020-07-14T12:34:56"),
        ("2020-07-14T12:34:56Z.jpg", "2020-07-14T12:34:56"),
        ("Scan 2020-07-14.jpg", "2020-07-14"),
        ("Scan_20200714.png", "2020-07-14"),
        ("Scan2020-07-14_001.tif", "2020-07-14"),
        ("2020_07_14 beach.jpg", "2020-07-14"),
        ("1953-08-02 Grandma.jpg", "1953-08-02"),
        ("20200714.jpg", "2020-07-14"),
        ("IMG_20200714.jpg", "2020-07-14"),
        ("20200714_001.jpg", "2020-07-14"),
    ],
)
def test_a_date_is_found_in_a_name(name: str, value: str) -> None:
    assert date_in_name(name) == DateCandidate(value, "name")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FB_IMG_1594723456789.jpg", "2020-07-14T10:44:16"),
        ("mmexport1594723456789.jpg", "2020-07-14T10:44:16"),
        ("Screenshot_1594723456.png", "2020-07-14T10:44:16"),
        ("PXL_20200714_123456789.jpg", "2020-07-14T12:34:56"),
        ("PXL_20200714_123456789.MP.jpg", "2020-07-14T12:34:56"),
    ],
)
def test_a_date_in_utc_is_found_in_a_name_and_marked(name: str, value: str) -> None:
    assert date_in_name(name) == DateCandidate(value, "name-utc")


@pytest.mark.parametrize(
    "name",
    [
        "photo.jpg",
        "IMG_0001.JPG",
        "DSC01234.JPG",
        "DSC_20190101.JPG",
        "DSCF2019.jpg",
        "P1020304.JPG",
        "12345678.jpg",
        "20201332.jpg",
        "20200230.jpg",
        "IMG_20200230_123456.jpg",
        "2020-13-01.jpg",
        "2020-00-00.jpg",
        "04.07.2020.jpg",
        "07-04-2020 beach.jpg",
        "CamScanner 07-04-2020 12.34.56.jpg",
        "4006381333931.jpg",
        "1594723456789.jpg",
        "120200714.jpg",
        "202007141.jpg",
        "192.168.20.20.jpg",
        "20200714ab3f9c1d.png",
        "9f20200714123456789012.png",
        "2020.jpg",
        "Holiday 2020.jpg",
        "1280x20200714.jpg",
        "received_1234567890123456.jpeg",
        "Screenshot_2.png",
        ".jpg",
    ],
)
def test_numbers_that_are_no_date_are_none(name: str) -> None:
    assert date_in_name(name) is None


def _choose(*candidates: tuple[str, str]) -> tuple[str, str] | None:
    chosen = choose([DateCandidate(value, source) for source, value in candidates], now=NOW)
    return None if chosen is None else (chosen.source, chosen.value)


def test_the_most_trusted_source_is_chosen_whatever_the_order() -> None:
    every = [(source, f"20{index + 1:02}-05-05T10:00:00") for index, source in enumerate(SOURCES)]
    while every:
        assert _choose(*reversed(every)) == every[0]
        every.pop(0)
    assert _choose() is None


def test_a_photograph_that_was_scanned_has_the_date_of_the_photograph() -> None:
    assert _choose(("exif-digitized", "2022-01-01T10:00:00"), ("xmp", "1985-07-04")) == ("xmp", "1985-07-04")
    assert _choose(("exif-digitized", "2022-01-01T10:00:00"), ("iptc", "1985")) == ("iptc", "1985")


def test_a_date_without_a_time_is_completed_by_a_source_of_the_same_day() -> None:
    assert _choose(("iptc", "2020-07-14"), ("exif-digitized", "2020-07-14T12:34:56")) == (
        "exif-digitized",
        "2020-07-14T12:34:56",
    )
    assert _choose(("iptc", "2020-07-14"), ("exif-digitized", "2020-07-15T12:34:56")) == ("iptc", "2020-07-14")
    # The day in UTC may be another one.
    assert _choose(("iptc", "2020-07-14"), ("gps", "2020-07-14T12:34:56")) == ("iptc", "2020-07-14")


def test_local_time_in_a_name_goes_before_utc_of_the_same_moment() -> None:
    name = ("name", "2020-07-14T23:30:00")
    assert _choose(("gps", "2020-07-15T03:30:00"), name) == name
    assert _choose(("takeout", "2020-07-15T03:30:00"), name) == name
    assert _choose(("gps", "2020-07-15"), name) == name
    # A name that tells another day tells when it was sent, or was changed by somebody.
    assert _choose(("gps", "2020-07-18T03:30:00"), name) == ("gps", "2020-07-18T03:30:00")
    assert _choose(("gps", "2020-07-15T03:30:00"), ("name", "2020-07-15")) == ("gps", "2020-07-15T03:30:00")


@pytest.mark.parametrize(
    "value",
    [
        "1970-01-01T00:00:00",
        "1970-01-01T09:12:00",
        "1970-01-01",
        "1980-01-01T00:00:00",
        "2000-01-01T00:00:00",
        "1904-01-01T00:00:00",
        "1900-01-01T00:00:00",
        "2026-12-02T12:00:01",
        "2026-12-03",
        "2027",
        "2107-01-01T00:00:00",
        "1601-01-01T00:00:00",
        "1825-12-31",
        "0001",
    ],
)
def test_a_date_that_cannot_be_is_ignored_and_the_next_source_is_asked(value: str) -> None:
    assert _choose(("exif", value)) is None
    assert _choose(("exif", value), ("name", "2019-02-03")) == ("name", "2019-02-03")


@pytest.mark.parametrize(
    "value",
    ["2000-01-01T00:00:01", "2000-01-01", "1999-12-31T23:59:59", "1980-01-02T00:00:00", "2026-12-02T11:59:59", "2026",
     "2026-12", "2026-12-02", "1826", "1985-01-01T00:00:00"],
)  # fmt: skip
def test_unusual_dates_that_can_be_are_kept(value: str) -> None:
    assert _choose(("exif", value)) == ("exif", value)


def test_sources_are_named_in_a_search_by_word() -> None:
    assert matching_sources("exif") == ("exif", "exif-digitized")
    assert matching_sources("digitized") == ("exif-digitized", "xmp-digitized", "iptc-digitized", "sidecar-digitized")
    assert matching_sources("name") == ("name", "name-utc")
    assert matching_sources("utc") == ("gps", "takeout", "name-utc")
    assert matching_sources("2020") == ()


_DIGITS = st.text(st.sampled_from("0123456789-_.:/ TIMGat٢２"), max_size=30)


@given(_DIGITS)
def test_whatever_is_read_is_a_date_of_the_calendar(text: str) -> None:
    in_name = date_in_name(text)
    for value in (parse_date(text), parse_iptc_date(text, text), None if in_name is None else in_name.value):
        if value is not None:
            assert value.isascii()
            datetime.fromisoformat((value + "-01-01"[len(value) - 4 :])[:10] if len(value) < 10 else value)
