"""Uploaded photos are re-encoded or refused."""

from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from chat import pictures

PLACE, CAMERA, SCRIPT = "48.8566", "Appareil-Secret-3000", b"<script>alert(document.domain)</script>"


def encoded(image, kind, **options):
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def photo(size=(60, 40), mode="RGB"):
    """A picture that is red at its left edge and blue elsewhere, so that the test notices a rotation."""
    image = Image.new(mode, size, "blue")
    image.paste("red", (0, 0, size[0] // 6, size[1]))
    return image


def opened(data):
    return Image.open(BytesIO(data), formats=["JPEG"])


@pytest.mark.parametrize("kind", pictures.FORMATS)
def test_a_photo_of_each_kind_becomes_two_jpegs(kind):
    found = pictures.redraw(encoded(photo((3000, 2000)), kind))
    large, small = opened(found.data), opened(found.small)
    assert (found.width, found.height) == large.size == (1600, 1067)
    assert small.size == (320, 213)
    assert large.getpixel((10, 500))[0] > 200
    assert large.getpixel((800, 500))[2] > 200


def test_place_camera_comment_and_profile_are_gone():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = CAMERA
    exif[ExifTags.Base.ImageDescription] = PLACE
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = PLACE
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = encoded(photo(), "JPEG", exif=exif, comment=CAMERA.encode(), icc_profile=profile, xmp=SCRIPT)
    for piece in (CAMERA.encode(), PLACE.encode(), SCRIPT, b"ICC_PROFILE"):
        assert piece in sent, "otherwise the test would find nothing"
    found = pictures.redraw(sent)
    for data in (found.data, found.small):
        assert not [
            piece for piece in (CAMERA.encode(), PLACE.encode(), SCRIPT, b"ICC_PROFILE", b"Exif") if piece in data
        ]
        assert set(opened(data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_words_in_a_png_are_gone():
    words = PngImagePlugin.PngInfo()
    words.add_text("Location", PLACE)
    sent = encoded(photo(), "PNG", pnginfo=words)
    assert PLACE.encode() in sent
    assert PLACE.encode() not in pictures.redraw(sent).data


def test_a_photo_stands_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be rotated by 90° clockwise: the left edge becomes the top
    found = pictures.redraw(encoded(photo((60, 40)), "JPEG", exif=exif, quality=95))
    assert (found.width, found.height) == (40, 60)
    assert opened(found.data).getpixel((20, 3))[0] > 200


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"),
        (Image.new("LA", (8, 8), (0, 0)), "PNG"),
        (Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "WEBP"),
    ],
)
def test_transparent_pixels_become_white(image, kind):
    assert opened(pictures.redraw(encoded(image, kind)).data).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG")]
)
def test_every_kind_of_colours_is_read(mode, kind):
    assert opened(pictures.redraw(encoded(Image.new(mode, (8, 8)), kind)).data).mode == "RGB"


def test_of_a_file_that_is_also_something_else_the_picture_stays():
    jpeg = encoded(photo(), "JPEG", comment=SCRIPT)
    for sent in (jpeg + SCRIPT, jpeg + b"PK\x03\x04" + SCRIPT):
        assert SCRIPT not in pictures.redraw(sent).data


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\xff\xd8\xff",
        SCRIPT,
        b"GIF89a/*" + SCRIPT,
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
        b"%PDF-1.7\n" + SCRIPT,
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64,
        encoded(photo(), "GIF"),
        encoded(photo(), "BMP"),
        encoded(photo(), "TIFF"),
        encoded(photo(), "JPEG")[:-200],
        encoded(photo(), "PNG")[:60],
        encoded(photo(), "WEBP")[:30],
        encoded(photo(), "PNG").replace(b"IDAT", b"IDAX"),
    ],
    ids=["nothing", "start", "page", "gif-page", "svg", "pdf", "heic", "gif", "bmp", "tiff", "cut jpeg", "cut png",
         "cut webp", "no data"],
)  # fmt: skip
def test_anything_else_is_refused_in_french(sent):
    with pytest.raises(pictures.Unusable, match=r"^Ce fichier n’est pas une photo lisible\u00a0: "):
        pictures.redraw(sent)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_decoded(kind, monkeypatch):
    sent = encoded(Image.new("L", (4001, 3250)), kind, lossless=True)
    assert len(sent) < 100_000
    monkeypatch.setattr("PIL.Image.Image.convert", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(pictures.Unusable, match="13\u00a0millions de pixels au plus"):
        pictures.redraw(sent)


def test_words_that_unpack_to_hundreds_of_megabytes_are_refused():
    """A PNG's compressed text is bounded by Pillow."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "x" * (65 << 20), zip=True)
    sent = encoded(photo(), "PNG", pnginfo=words)
    assert len(sent) < 1 << 20
    with pytest.raises(pictures.Unusable, match="n’est pas une photo lisible"):
        pictures.redraw(sent)
