"""What the tools answer: frozen dataclasses that are the JSON of the command line, the library and the page.

Sizes are in pixels of the upright picture, boxes are ``(x1, y1, x2, y2)`` with ``x2`` and ``y2`` exclusive,
scores are calibrated probabilities in [0, 1].
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """The picture that a result speaks of.

    Attributes:
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
        format: The file's format, such as ``"JPEG"``.
        warning: A sentence on what is wrong with the file although it could be opened, or None.
        as_in_browsers: Whether every browser shows the file as it is seen here: the same pixels, the same way up, in
            the same colours. Where this is false, the page shows a preview instead of the file itself.
    """

    width: int
    height: int
    format: str
    warning: str | None = None
    as_in_browsers: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible answer.

    Attributes:
        label: Name for people, such as ``"Golden retriever"``.
        score: Probability in [0, 1].
    """

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where in the picture the evidence for an answer lies.

    Attributes:
        box: Region of the upright picture that the map covers, ``(x1, y1, x2, y2)`` in pixels.
        height: Number of rows.
        width: Number of columns.
        values: ``height * width`` numbers in [0, 1], row by row; 1 is the strongest place.
    """

    box: tuple[float, float, float, float]
    height: int
    width: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """One label for the whole picture.

    Attributes:
        label: The most specific name that the evidence supports, or ``"Not sure"``.
        score: Probability of ``label``; of the best guess where there is no certain label.
        certain: Whether a label passed its threshold.
        category: One of about 20 broad groups, such as ``"Pets"``.
        path: Names from broad to specific that end in ``label``; empty where there is none.
        candidates: The best answers, most probable first.
        heat_map: Where the network looked for ``label``, or None.
        image: The picture.
        model: Id of the model that answered.
    """

    label: str
    score: float
    certain: bool
    category: str
    path: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    heat_map: HeatMap | None
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class Box:
    """Where an object is.

    Attributes:
        label: Name of its class, such as ``"person"``.
        score: Probability in [0, 1].
        x1: Left edge in pixels of the upright picture.
        y1: Top edge.
        x2: Right edge.
        y2: Bottom edge.
    """

    label: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Detection:
    """The objects in a picture.

    Attributes:
        boxes: One an object, most probable first.
        image: The picture.
        model: Ids of the models that looked, joined by ``+``.
    """

    boxes: tuple[Box, ...]
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class DetectionClass:
    """A kind of object that detection knows.

    Attributes:
        label: Its name, such as ``"person"``.
        threshold: Score that an object must reach where nobody chose another.
    """

    label: str
    threshold: float


@dataclass(frozen=True, slots=True)
class DetectionClasses:
    """All kinds of objects that detection knows.

    Attributes:
        classes: In the order of the models.
    """

    classes: tuple[DetectionClass, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the classes as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class DataSetText:
    """A text file of a data set.

    Attributes:
        path: Relative and with ``/``.
        text: What is in it.
    """

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelledDataSet:
    """A data set to train detectors with, made of pictures that the page has.

    Attributes:
        name: Of the whole, without a suffix.
        texts: Labels and lists.
        images: Where the pictures' files belong, relative and with ``/``, in the order in which they were given.
    """

    name: str
    texts: tuple[DataSetText, ...]
    images: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the data set as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that was made.

    Attributes:
        data: Its bytes.
        name: A name for it, such as ``"street-blur.jpg"``.
        media_type: Such as ``"image/jpeg"``.
        notes: What a person should know of it, in sentences, such as metadata that it could not hold.
    """

    data: bytes
    name: str
    media_type: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the file as plain data; ``data`` stays bytes."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class Tag:
    """Something that a picture shows, or is.

    Attributes:
        id: Stable name: of the vocabulary (``"river_lake"``), of the taxonomy (``"n02099601"``), or
            ``"colour_red"``, ``"photo_blurry"``.
        name: Name for people, such as ``"River or lake"``.
        group: What kind of thing it is, such as ``"Animals"``.
        score: Probability in [0, 1].
        threshold: Score from which on it is shown where nobody chose another.
        shown: Whether it is shown by default.
        parents: Names of the broader tags that hold as well, nearest first.
        source: Where it comes from: ``"classifier"``, ``"scene"``, ``"detector"``, ``"colour"``, ``"photo"`` or
            ``"user"``.
        boxes: Where it is, ``(x1, y1, x2, y2)`` in pixels, if a detector found it.
        heat_map: Where the evidence lies, or None where it applies to the whole picture.
    """

    id: str
    name: str
    group: str
    score: float
    threshold: float
    shown: bool
    parents: tuple[str, ...]
    source: str
    boxes: tuple[tuple[float, float, float, float], ...]
    heat_map: HeatMap | None


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour that covers a part of a picture.

    Attributes:
        id: Stable name, such as ``"red"``.
        name: Name for people.
        hex: The average of its pixels, ``"#rrggbb"``.
        share: Part of the picture, in (0, 1].
    """

    id: str
    name: str
    hex: str
    share: float


@dataclass(frozen=True, slots=True)
class Photo:
    """Facts of a picture as a photograph; None where the file does not tell.

    Attributes:
        orientation: ``"horizontal"``, ``"vertical"`` or ``"square"``.
        megapixels: Millions of pixels.
        lightness: Mean lightness, 0 (black) to 1 (white), in a perceptual scale.
        contrast: Standard deviation of the lightness.
        sharpness: How abrupt the strongest edges are: about 0.6 in focus, below 0.3 out of focus.
        taken: When it was taken, ISO 8601 without a zone: a time, or a day, month or year where no more is known.
        taken_source: Where the date comes from, one of `onsight.metadata.dates.SOURCES`.
        camera: Maker and model.
        lens: Its name.
        focal_length_mm: Of the lens, in millimetres.
        aperture: The f-number.
        exposure_s: Exposure time in seconds.
        iso: Sensitivity.
        has_location: Whether the file tells where it was taken. The place itself is never read out.
    """

    orientation: str
    megapixels: float
    lightness: float
    contrast: float
    sharpness: float
    taken: str | None
    taken_source: str | None
    camera: str | None
    lens: str | None
    focal_length_mm: float | None
    aperture: float | None
    exposure_s: float | None
    iso: int | None
    has_location: bool


@dataclass(frozen=True, slots=True)
class Tagging:
    """Everything that a picture shows; each tag stands for itself, their scores add up to nothing.

    Attributes:
        tags: Those that matter most to a person first; the ones below their threshold too, down to a low floor.
        colours: The dominant colours, largest share first.
        photo: Facts of the picture as a photograph.
        groups: The groups in the order in which a page lists them.
        image: The picture.
        model: Id of the model that looked.
    """

    tags: tuple[Tag, ...]
    colours: tuple[Colour, ...]
    photo: Photo
    groups: tuple[str, ...]
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the whole that all possible labels share.

    Attributes:
        label: Name for people.
        score: Its share in [0, 1]; those of all parts add up to 1.
        percent: The share in per cent with one decimal; those of all parts add up to 100 exactly.
        kind: ``"candidate"`` for a possible label, ``"kinds"`` for the kinds of the label that are no candidates,
            ``"rest"`` for everything else.
        is_answer: Whether it counts towards the label.
    """

    label: str
    score: float
    percent: float
    kind: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One aspect in which classification and tagging differ.

    Attributes:
        aspect: What it is about, such as ``"How many answers"``.
        classification: How it is with the one label, in this picture.
        tagging: How it is with the tags.
    """

    aspect: str
    classification: str
    tagging: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One label and many tags of the same picture, and what is different about them.

    Attributes:
        classification: The label, as classification alone gives it.
        tagging: The tags, as tagging alone gives them.
        slices: The distribution that the label won; the last part is everything else.
        sum_of_shares: A sentence on what the parts add up to.
        sum_of_tags: A sentence on what the tags that are shown add up to.
        points: The differences, aspect by aspect.
        notes: Sentences on what is special about this picture.
        without: Labels that may not be given.
        image: The picture.
        model: Ids of the models that looked, joined by ``+``.
    """

    classification: Classification
    tagging: Tagging
    slices: tuple[Slice, ...]
    sum_of_shares: str
    sum_of_tags: str
    points: tuple[Point, ...]
    notes: tuple[str, ...]
    without: tuple[str, ...]
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture that any browser can show, upright.

    Attributes:
        data: The bytes of a JPEG file; empty if the file itself can be shown, and no preview was wanted in that case.
        media_type: ``"image/jpeg"``.
        image: The picture that it was made from.
    """

    data: bytes
    media_type: str
    image: ImageInfo

    def to_json(self) -> dict[str, Any]:
        """Return the preview as plain data; ``data`` stays bytes."""
        return to_json(self)


def to_json(result: Any) -> dict[str, Any]:
    """Return a result dataclass as plain JSON data: dicts, lists, strings, numbers, booleans and None."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (tuple, list)):
            return [plain(item) for item in value]
        return value

    plain_result: dict[str, Any] = plain(asdict(result))
    return plain_result
