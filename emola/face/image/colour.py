"""Conversion of a decoded image to RGB: opaque on white, in sRGB, upright, without metadata."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from PIL import ExifTags, Image

from emola.face.image.eight_bit import to_eight_bits

__all__ = ["to_rgb"]

_MAX_PROFILE_BYTES = 4 * 2**20
_ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Transposition for each value of the EXIF orientation tag; 1 is upright."""


def to_rgb(image: Image.Image, *, owned: bool) -> Image.Image:
    """Convert a loaded image to RGB.

    owned: the caller no longer uses ``image``, so the result may reuse its pixel memory.
    """
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    rgb = _opaque_srgb(image, profile, owned)
    rgb.info = {}
    if orientation in _ORIENTATIONS:
        rgb = rgb.transpose(_ORIENTATIONS[orientation])
    return rgb


def _orientation(image: Image.Image) -> int | None:
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # Pillow raises many types for a damaged EXIF block; the pixels are still readable
        return None


def _opaque_srgb(image: Image.Image, profile: Any, owned: bool) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # more than eight bits
        return Image.fromarray(to_eight_bits(np.asarray(image))).convert("RGB")
    if image.mode == "CMYK":
        return _convert_profile(image, profile) or image.convert("RGB")
    if image.mode in ("La", "PA") or (image.mode not in ("RGBA", "LA") and "transparency" in image.info):
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    if image.mode in ("RGBA", "RGBa", "LA"):
        rgb = Image.new("RGB", image.size, "white")
        rgb.paste(image, mask=image)
    elif image.mode == "RGB" and owned:
        rgb = image._new(image.im)  # the same pixels without the attributes of the file object
    else:
        rgb = image.convert("RGB")
    return _convert_profile(rgb, profile) or rgb


def _convert_profile(image: Image.Image, profile: Any) -> Image.Image | None:
    """Convert from an ICC profile to sRGB: RGB in place, CMYK to a new RGB image.

    Returns None if the profile is missing, unusable or already sRGB.
    """
    if not isinstance(profile, bytes) or not 0 < len(profile) <= _MAX_PROFILE_BYTES:
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
    except Exception:  # unconverted colours are better than no image
        return None
