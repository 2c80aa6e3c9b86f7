"""Fuzz the image reader: read damaged pictures and report errors, time and memory.

    python benchmarks/fuzz_images.py [--count N] [--seed S] [--json]

Draws pictures, writes them in every supported format, damages the files (flips bytes, cuts, inserts or swaps
parts, enlarges numbers in the header), and reads each. The reader must return a picture or raise ImageError.
Prints how many files of each format were read and refused, the slowest file, and the growth of resident
memory. Exits with 1 if anything else was raised.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil
from PIL import Image, ImageDraw, PngImagePlugin

from emola.errors import ImageError
from emola.face.image import load_image

STDERR = sys.__stderr__ or sys.stderr
HUNG = 60
"""Timeout of one file in seconds; after it the traceback is printed and the run ends."""
HEAD = 256
"""Size in bytes of the part of a file whose numbers are enlarged."""


def main() -> int:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=3000, help="damaged files (default: 3000)")
    parser.add_argument("--seed", type=int, default=0, help="of pictures and damage (default: 0)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    faulthandler.enable(file=STDERR)  # prints where a decoder crashes
    figures = measure(args.count, args.seed)
    print(json.dumps(figures) if args.json else report(figures))
    return 1 if figures["errors"] else 0


def measure(count: int, seed: int) -> dict[str, Any]:
    """Return outcomes by format, unexpected errors, the slowest file and the memory growth in MB."""
    originals = pictures(seed)
    outcomes: dict[str, Counter[str]] = {name: Counter() for name, _ in originals}
    errors: list[str] = []
    slowest, highest = (0.0, ""), 0
    process = psutil.Process()
    for _, data in originals:  # load the decoders before measuring memory
        load_image(data)
    start = process.memory_info().rss
    for number in range(count):
        name, data = damaged(originals, seed, number)
        begun = time.perf_counter()
        faulthandler.dump_traceback_later(HUNG, exit=True, file=STDERR)
        outcome = read(data)
        faulthandler.cancel_dump_traceback_later()
        slowest = max(slowest, (time.perf_counter() - begun, f"file {number}, {name}"))
        highest = max(highest, process.memory_info().rss)
        outcomes[name]["error" if outcome not in ("read", "refused") else outcome] += 1
        if outcome not in ("read", "refused"):
            errors.append(f"file {number}, {name}: {outcome}")
    return {
        "files": count,
        "seed": seed,
        "outcomes": {name: dict(kinds) for name, kinds in outcomes.items()},
        "errors": errors,
        "slowest_seconds": round(slowest[0], 3),
        "slowest": slowest[1],
        "memory_growth_mb": round(max(0, highest - start) / 2**20, 1),
        "memory_growth_at_end_mb": round((process.memory_info().rss - start) / 2**20, 1),
    }


def read(data: bytes) -> str:
    """Return "read", "refused", or the exception other than ImageError."""
    try:
        load_image(data)
    except ImageError:
        return "refused"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return "read"


# -- files ---------------------------------------------------------------------------------------


def pictures(seed: int) -> list[tuple[str, bytes]]:
    """Return valid files with the names of their formats, several of each format."""
    noise = np.random.default_rng(seed).integers(0, 256, (60, 80, 3), np.uint8)
    rgb = Image.fromarray(noise).resize((160, 120))
    ImageDraw.Draw(rgb).ellipse((40, 20, 120, 100), fill=(230, 180, 150), outline="black")
    deep = Image.fromarray(np.asarray(rgb.convert("L")).astype(np.uint16) * 16)
    frames: dict[str, Any] = {"save_all": True, "append_images": [rgb.rotate(90)], "duration": 100}
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "long " * 400, zip=True)
    kinds: list[tuple[str, str, Image.Image, dict[str, Any]]] = [
        ("JPEG", "JPEG", rgb, {"exif": exif, "quality": 80}),
        ("JPEG", "JPEG", rgb, {"progressive": True}),
        ("JPEG", "JPEG", rgb.convert("CMYK"), {}),
        ("JPEG", "MPO", rgb, {"save_all": True, "append_images": [rgb]}),
        ("PNG", "PNG", rgb.convert("RGBA"), {"exif": exif, "pnginfo": text}),
        ("PNG", "PNG", rgb.quantize(16), {"transparency": 3}),
        ("PNG", "PNG", deep, {}),
        ("PNG", "PNG", rgb, frames),
        ("GIF", "GIF", rgb, frames),
        ("BMP", "BMP", rgb, {}),
        ("BMP", "BMP", rgb.quantize(16), {}),
        ("TIFF", "TIFF", rgb, {}),
        ("TIFF", "TIFF", deep, {"compression": "tiff_lzw"}),
        ("TIFF", "TIFF", rgb, {"compression": "jpeg"}),
        ("TIFF", "TIFF", rgb.convert("F"), {"compression": "tiff_deflate"}),
        ("WebP", "WEBP", rgb, {"exif": exif}),
        ("WebP", "WEBP", rgb.convert("RGBA"), {"lossless": True}),
        ("WebP", "WEBP", rgb, frames),
        ("AVIF", "AVIF", rgb, {"speed": 10}),
        ("AVIF", "AVIF", rgb.convert("RGBA"), {"speed": 10}),
        ("JPEG 2000", "JPEG2000", rgb, {}),
        ("PGM/PPM", "PPM", rgb, {}),
        ("PGM/PPM", "PPM", deep, {}),
    ]
    return [(name, encoded(picture, kind, options)) for name, kind, picture, options in kinds] + heic(rgb)


def encoded(picture: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    """Return the file that Pillow writes."""
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def heic(rgb: Image.Image) -> list[tuple[str, bytes]]:
    """Return two HEIC files; none if the installed library cannot write them."""
    import pillow_heif

    files = []
    for picture in (rgb, rgb.convert("RGBA")):
        out = BytesIO()
        try:
            pillow_heif.from_pillow(picture).save(out, quality=60)
        except RuntimeError:
            return []
        files.append(("HEIC", out.getvalue()))
    return files


# -- damage --------------------------------------------------------------------------------------


def damaged(originals: list[tuple[str, bytes]], seed: int, number: int) -> tuple[str, bytes]:
    """Return the format and the contents of a damaged file; the formats take turns."""
    rng = random.Random(f"{seed} {number}")
    names = list(dict.fromkeys(name for name, _ in originals))
    name = names[number % len(names)]
    data = bytearray(rng.choice([data for other, data in originals if other == name]))
    for _ in range(rng.choice((1, 1, 2, 4))):
        rng.choice(DAMAGE)(data, rng)
    return name, bytes(data)


def flip(data: bytearray, rng: random.Random) -> None:
    """Change a few bytes, half of the time near the start."""
    within = min(len(data), rng.choice((HEAD, len(data))))
    for _ in range(rng.choice((1, 3, 20))):
        if within:
            data[rng.randrange(within)] = rng.randrange(256)


def cut(data: bytearray, rng: random.Random) -> None:
    """Cut off the end, or a part in the middle."""
    start = rng.randrange(len(data) + 1)
    del data[start : rng.choice((len(data), start + rng.randrange(1, 500)))]


def insert(data: bytearray, rng: random.Random) -> None:
    """Insert a run of one byte."""
    start = rng.randrange(len(data) + 1)
    data[start:start] = bytes([rng.choice((0, 255, rng.randrange(256)))]) * rng.choice((1, 16, 5000))


def swap(data: bytearray, rng: random.Random) -> None:
    """Swap two parts of the same length."""
    length = rng.choice((4, 64, 1024))
    first, second = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    if first + length <= second:
        data[first : first + length], data[second : second + length] = (
            data[second : second + length],
            data[first : first + length],
        )


def enlarge(data: bytearray, rng: random.Random) -> None:
    """Write a large number of two, four or eight bytes into the header, in either byte order."""
    width = rng.choice((2, 4, 8))
    number = rng.choice((2**15, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**63 - 1, 20_000, 100_000)) % 256**width
    start = rng.randrange(min(len(data), HEAD) + 1)
    data[start : start + width] = number.to_bytes(width, rng.choice(("big", "little")))


DAMAGE: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, cut, insert, swap, enlarge)


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a text table."""
    lines = [f"{figures['files']} damaged files, seed {figures['seed']}", "format      read  refused  error"]
    for name, kinds in figures["outcomes"].items():
        counts = (kinds.get(kind, 0) for kind in ("read", "refused", "error"))
        lines.append("{:10}{:6}{:9}{:7}".format(name, *counts))
    lines += [
        f"slowest: {figures['slowest_seconds']:.3f} s ({figures['slowest']})",
        f"resident memory grew by at most {figures['memory_growth_mb']} MB, "
        f"and was {figures['memory_growth_at_end_mb']} MB above the start at the end",
        *figures["errors"],
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
