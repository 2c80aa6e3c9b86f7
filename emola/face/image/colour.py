"""A decoded picture as plain RGB: opaque on white, in sRGB, upright, without metadata."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from PIL import ExifTags, Image

from emola.face.image.eight_bit import to_eight_bits

__all__ = ["to_rgb"]

_MAX_PROFILE = 4 * 2**20
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By the value of the EXIF orientation."""


def to_rgb(image: Image.Image, *, owned: bool) -> Image.Image:
    """A loaded picture as RGB.

    owned: nobody else holds ``image``, so that the result may take its memory over.
    """
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    plain = _rgb(image, profile, owned)
    plain.info = {}
    if orientation in _TURNS:
        plain = plain.transpose(_TURNS[orientation])
    return plain


def _orientation(image: Image.Image) -> int | None:
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # a picture whose EXIF block is broken has no known orientation, but is a picture
        return None


def _rgb(image: Image.Image, profile: Any, owned: bool) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # levels of more than eight bits
        return Image.fromarray(to_eight_bits(np.asarray(image))).convert("RGB")
    if image.mode == "CMYK":
        return _in_srgb(image, profile) or image.convert("RGB")
    if image.mode in ("La", "PA") or (image.mode not in ("RGBA", "LA") and "transparency" in image.info):
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    if image.mode in ("RGBA", "RGBa", "LA"):
        plain = Image.new("RGB", image.size, "white")
        plain.paste(image, mask=image)
    elif image.mode == "RGB" and owned:
        plain = image._new(image.im)  # the same pixels in an Image without the attributes of a file
    else:
        plain = image.convert("RGB")
    return _in_srgb(plain, profile) or plain


def _in_srgb(image: Image.Image, profile: Any) -> Image.Image | None:
    """An RGB picture, changed in place, or a CMYK one as RGB; None where the profile is no help."""
    if not isinstance(profile, bytes) or not 0 < len(profile) <= _MAX_PROFILE:
        return None
    try:
        from PIL import ImageCms

        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != image.mode:
            return None
        if "sRGB" in (source.profile.profile_description or ""):
            return None
        srgb = ImageCms.createProfile("sRGB")
        if image.mode == "RGB":
            ImageCms.profileToProfile(image, source, srgb, inPlace=True)
            return image
        return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except Exception:  # colours without a profile are better than no picture
        return None
