import numpy as np
import tiny_models as tiny
import torch
from PIL import Image, ImageDraw
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from emola.face.landmarker import CROP_SIZE
from emola.model.loading import make_processor
from emola.train.nano.augment import Augment, centre_crops, normalise
from emola.train.nano.face_table import SURROUND, TABLE_CROP


def test_shape_and_range():
    torch.manual_seed(0)
    crops = torch.randint(0, 256, (40, TABLE_CROP, TABLE_CROP), dtype=torch.uint8)
    views = Augment(48)(crops)
    assert views.shape == (40, 1, 48, 48) and views.dtype == torch.float32
    assert views.isfinite().all() and views.min() >= -2 and views.max() <= 2
    assert not torch.equal(views, Augment(48)(crops))


def test_does_not_change_its_input():
    crops = torch.full((8, TABLE_CROP, TABLE_CROP), 200, dtype=torch.uint8)
    Augment(32)(crops)
    assert crops.eq(200).all()


def test_flips_some_crops():
    torch.manual_seed(0)
    crops = torch.zeros(60, TABLE_CROP, TABLE_CROP, dtype=torch.uint8)
    crops[:, :, : TABLE_CROP // 2] = 255
    views = Augment(32)(crops)
    assert {bool(view[0, :, :12].mean() < view[0, :, 20:].mean()) for view in views} == {True, False}


def test_centre_crops_equal_the_crops_at_run_time():
    """Training reads stored crops, the app makes its own; both must have the same pixels."""
    side = round(CROP_SIZE * SURROUND)
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 256, (12, 12), dtype=np.uint8)).resize((side, side), 3)
    ImageDraw.Draw(picture).ellipse((110, 130, 180, 170), fill=240)
    stored = np.asarray(picture.resize((TABLE_CROP, TABLE_CROP), Image.Resampling.BICUBIC))
    border = (side - CROP_SIZE) // 2
    seen = picture.crop((border, border, border + CROP_SIZE, border + CROP_SIZE)).convert("RGB")
    config = tiny.resnet_config()
    shown = CLIPImageProcessorPil(
        size={"height": 96, "width": 96},
        do_center_crop=False,
        do_convert_rgb=False,
        image_mean=[0.5],
        image_std=[0.25],
    )
    expected = make_processor(config, shown, tiny.tiny_tokenizer()).pixel_values([seen])
    found = centre_crops(stored[None], 96)
    assert found.shape == expected.shape == (1, 1, 96, 96)
    assert (found - expected).abs().mean() < 0.03
    assert (found - expected.roll(1, -1)).abs().mean() > 2 * (found - expected).abs().mean()


def test_centre_crops_at_another_size():
    crops = np.full((2, TABLE_CROP, TABLE_CROP), 255, np.uint8)
    assert centre_crops(crops, 64).shape == (2, 1, 64, 64)
    torch.testing.assert_close(centre_crops(crops, 64), torch.full((2, 1, 64, 64), 2.0))
    torch.testing.assert_close(normalise(torch.tensor([0.0, 0.5, 1.0])), torch.tensor([-2.0, 0.0, 2.0]))
