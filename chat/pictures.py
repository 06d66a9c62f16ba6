"""Validates an uploaded photo and re-encodes it.

Threats: a file of another type under a photo's name, a file that is also a page or a script (polyglot), a small file
that fills the memory (decompression bomb), location and camera in the metadata. So only a new JPEG of the pixels is
stored.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from shop.unicode import NO_BREAK

FORMATS = ("JPEG", "PNG", "WEBP")
# Decoding a WebP takes 16 bytes per pixel. A phone's photo has 12 million pixels, the widget's at most 2.6 million.
MAX_PIXELS = 13_000_000
# The longest side in pixels: of the photo, enough to read a parcel's label, and of the thumbnail.
SIDE, SMALL_SIDE = 1600, 320
QUALITY, SMALL_QUALITY = 82, 70

UNREADABLE = f"Ce fichier n’est pas une photo lisible{NO_BREAK}: envoyez une photo JPEG, PNG ou WebP."
TOO_MANY_PIXELS = f"Cette photo est trop grande{NO_BREAK}: {MAX_PIXELS // 10**6}{NO_BREAK}millions de pixels au plus."


class Unusable(Exception):
    """The file cannot be stored as a photo. The message is a French sentence for the customer."""


@dataclass(frozen=True)
class Picture:
    """The JPEG, its thumbnail, and its size in pixels."""

    data: bytes
    small: bytes
    width: int
    height: int


def redraw(sent: bytes) -> Picture:
    """Decode and re-encode the picture in this file. Raises Unusable."""
    try:
        image = _decoded(sent)
    except Unusable:
        raise
    except Exception as fault:  # for a broken file, Pillow's decoders raise errors of many types
        raise Unusable(UNREADABLE) from fault
    small = image.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Picture(_jpeg(image, QUALITY), _jpeg(small, SMALL_QUALITY), image.width, image.height)


def _decoded(sent: bytes) -> Image.Image:
    """The picture on a white background, upright, in RGB. Its size is checked before any pixel is decoded."""
    with Image.open(BytesIO(sent), formats=FORMATS) as found:
        if found.width * found.height > MAX_PIXELS:
            raise Unusable(TOO_MANY_PIXELS)
        found.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at half or a quarter of its size
        image: Image.Image = found
        if found.mode not in ("L", "RGB", "RGBA"):
            image = found.convert("RGBA" if found.has_transparency_data else "RGB")
        image.thumbnail((SIDE, SIDE))  # first, because the next steps copy the picture
        image = ImageOps.exif_transpose(image)
        if image.has_transparency_data:  # also true for « L » or « RGB » with one transparent colour
            image = image.convert("RGBA")
    # A new image: the old one still has the file's comment and profile, which Pillow would write again.
    drawn = Image.new("RGB", image.size, "white")
    drawn.paste(image, mask=image if image.mode == "RGBA" else None)
    return drawn


def _jpeg(image: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
