import cv2
import numpy as np
import pytest
from drawing import PORTRAITS, again, portrait, with_closed_eyes
from PIL import Image
from safetensors.numpy import save_file

from emola.errors import CheckpointError
from emola.faba import NANO_AUS
from emola.face import Face
from emola.face.evidence import (
    EVIDENCE_NAME,
    LANDMARK_SHARE,
    MEASURES,
    RULES,
    AUEstimate,
    AUEvidence,
    measure_weights,
)
from emola.face.prior import PRIOR_DIM, PRIOR_NAMES
from emola.face.visibility import Visibility
from emola.face.visibility.lids import Lids
from emola.model.loading import NANO

COUNT = len(NANO_AUS)
SIDELESS = {17, 25, 26, 27}


def evidence(logits: dict[int, float] | None = None) -> AUEvidence:
    """Evidence that says these logits of any face, and measures intensity from 0 to 1."""
    bias = np.array([(logits or {}).get(au, -1.0) for au in NANO_AUS])
    return AUEvidence(np.zeros((COUNT, PRIOR_DIM)), bias, np.zeros(COUNT), np.ones(COUNT))


def mirrored(prior: np.ndarray) -> np.ndarray:
    """The prior with the two sides of the face exchanged."""
    twins = {"Left": "Right", "Right": "Left", "_left": "_right", "_right": "_left"}
    names = list(PRIOR_NAMES)
    for i, name in enumerate(PRIOR_NAMES):
        for end, other in twins.items():
            twin = name.removesuffix(end) + other
            if name.endswith(end) and twin in PRIOR_NAMES:
                names[i] = twin
    return prior[[PRIOR_NAMES.index(name) for name in names]]


def test_active_from_one_half_on():
    estimates = evidence({12: 0.0, 4: -1e-6, 6: 2.0}).estimate(np.zeros(PRIOR_DIM))
    assert set(estimates) == set(NANO_AUS)
    assert estimates[12].probability == 0.5 and estimates[12].active
    assert not estimates[4].active
    assert estimates[6].probability == pytest.approx(1 / (1 + np.exp(-2)))


def test_the_jaw_drops_or_the_mouth_stretches_never_both():
    for drop, stretch in ((3.0, 2.0), (9.0, 0.0)):
        estimates = evidence({26: drop, 27: stretch}).estimate(np.zeros(PRIOR_DIM))
        assert estimates[27].active and not estimates[26].active
    estimates = evidence({26: 3.0, 27: -0.1}).estimate(np.zeros(PRIOR_DIM))
    assert estimates[26].active and not estimates[27].active


def test_logits_of_many_faces_are_those_of_each():
    rng = np.random.default_rng(0)
    fitted = AUEvidence(
        rng.normal(size=(COUNT, PRIOR_DIM)), rng.normal(size=COUNT), np.zeros(COUNT), np.ones(COUNT)
    )
    priors = rng.normal(size=(50, PRIOR_DIM))
    together = fitted.logits(priors)
    np.testing.assert_allclose(together, [fitted.logits(prior) for prior in priors])
    active = together >= 0
    assert not (active[:, NANO_AUS.index(26)] & active[:, NANO_AUS.index(27)]).any()
    assert active[:, NANO_AUS.index(26)].any() and active[:, NANO_AUS.index(27)].any()


def test_with_a_tower_the_pixels_count_but_for_units_that_go_by_rule():
    rng = np.random.default_rng(0)
    landmarks = AUEvidence(rng.normal(size=(COUNT, PRIOR_DIM)), *rng.normal(size=(3, COUNT)))
    weights, bias = rng.normal(size=(COUNT, 6)), rng.normal(size=COUNT)
    both = landmarks.with_tower(weights, bias)
    prior, features = rng.normal(size=PRIOR_DIM), rng.normal(size=6)
    assert both.feature_count == 6
    before, pixels = landmarks.logits(prior), weights @ features + bias
    for i, au in enumerate(NANO_AUS):
        if au == 26:
            continue  # another unit may rule it out
        expected = before[i] if au in RULES else LANDMARK_SHARE * before[i] + pixels[i]
        assert both.logits(prior, features)[i] == pytest.approx(expected), au


@pytest.mark.parametrize("features", [None, np.zeros(5)])
def test_features_of_another_tower_are_refused(features):
    both = evidence().with_tower(np.zeros((COUNT, 6)), np.zeros(COUNT))
    with pytest.raises(ValueError, match="6 features"):
        both.estimate(np.zeros(PRIOR_DIM), features)


def test_sides_are_for_units_that_have_them():
    estimates = evidence().estimate(np.full(PRIOR_DIM, 0.4))
    sided = {au for au, one in estimates.items() if one.left is not None}
    assert sided == set(NANO_AUS) - SIDELESS
    assert sided == {au for au, one in estimates.items() if one.right is not None}


def test_a_crooked_smile_in_the_mirror():
    prior = np.zeros(PRIOR_DIM, np.float32)
    prior[PRIOR_NAMES.index("mouthSmileLeft")] = 0.8
    prior[PRIOR_NAMES.index("mouthSmileRight")] = 0.2
    there, here = evidence().estimate(prior)[12], evidence().estimate(mirrored(prior))[12]
    assert (there.left, there.right) == pytest.approx((0.8, 0.2))
    assert (here.left, here.right) == (there.right, there.left)
    assert here.intensity == there.intensity == pytest.approx(0.5)


def test_every_unit_exchanges_its_sides_in_the_mirror():
    prior = np.random.default_rng(1).random(PRIOR_DIM)
    there, here = evidence().estimate(prior), evidence().estimate(mirrored(prior))
    for au in NANO_AUS:
        assert (here[au].left, here[au].right) == (there[au].right, there[au].left)
    assert any(one.left != one.right for one in there.values())


def seen(*covered: str, yaw: float = 0.0) -> Visibility:
    return Visibility(200.0, 0.5, 0.2, 0.25, yaw, 0.0, frozenset(covered))


def test_what_is_covered_is_not_visible():
    fitted = evidence(dict.fromkeys(NANO_AUS, 3.0))
    prior = np.full(PRIOR_DIM, 0.4)
    whole, masked = (
        fitted.estimate(prior),
        fitted.estimate(prior, None, seen("nose", "mouth_right", "mouth_left")),
    )
    for au, one in masked.items():
        if au in (1, 2, 4, 5, 6, 7, 43):
            assert one == whole[au] and one.visible and one.active
        else:
            assert not one.visible and not one.active
            assert (one.probability, one.intensity, one.left, one.right) == (None, None, None, None)


@pytest.mark.parametrize(
    "visibility", [seen("mouth_left"), seen(yaw=40.0)], ids=["the left side covered", "turned to the right"]
)
def test_a_hidden_side_is_unknown_and_the_other_one_counts(visibility):
    prior = np.zeros(PRIOR_DIM, np.float32)
    prior[PRIOR_NAMES.index("mouthSmileLeft")] = 0.8
    prior[PRIOR_NAMES.index("mouthSmileRight")] = 0.2
    smile = evidence({12: 1.0}).estimate(prior, None, visibility)[12]
    assert smile.left is None and smile.right == pytest.approx(0.2) == smile.intensity
    assert smile.visible and smile.active
    lips = evidence({25: 1.0}).estimate(prior, None, visibility)[25]
    assert lips.visible and lips.active and lips.left is None


def test_a_face_whose_visibility_is_not_known_counts_as_seen():
    prior = np.full(PRIOR_DIM, 0.4)
    assert evidence().estimate(prior, None, None) == evidence().estimate(prior, None, seen())


def test_intensity_runs_from_rest_to_full_and_stays_there():
    fitted = evidence()
    fitted.rest, fitted.full = np.full(COUNT, 0.2), np.full(COUNT, 0.6)
    prior = np.zeros(PRIOR_DIM)
    for gap, intensity in ((0.0, 0.0), (0.2, 0.0), (0.4, 0.5), (0.6, 1.0), (3.0, 1.0)):
        prior[PRIOR_NAMES.index("lip_gap")] = gap
        assert fitted.estimate(prior)[25].intensity == pytest.approx(intensity)


def test_every_unit_has_a_measure_and_both_sides_weigh_the_same():
    assert set(MEASURES) == set(NANO_AUS)
    for au in NANO_AUS:
        both = measure_weights(au)
        assert np.abs(both).sum() > 0
        if au not in SIDELESS:
            halves = (measure_weights(au, "left") + measure_weights(au, "right")) / 2
            np.testing.assert_allclose(both, halves)


def test_saving_and_loading(tmp_path):
    rng = np.random.default_rng(0)
    fitted = AUEvidence(rng.normal(size=(COUNT, PRIOR_DIM)), *rng.normal(size=(3, COUNT)))
    fitted.save(tmp_path / "evidence.safetensors")
    loaded = AUEvidence.load(tmp_path / "evidence.safetensors")
    for name, value in vars(fitted).items():
        np.testing.assert_allclose(getattr(loaded, name), value, rtol=1e-6)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=str(tmp_path / "none")):
        AUEvidence.load(tmp_path / "none")


@pytest.mark.parametrize("shape", [(COUNT, PRIOR_DIM - 1), (COUNT - 1, PRIOR_DIM)])
def test_another_shape_is_refused_with_what_is_needed(tmp_path, shape):
    """Fitted for another list of units or another prior: its rows would mean something else."""
    zeros = np.zeros(shape[0])
    AUEvidence(np.zeros(shape), zeros, zeros, zeros).save(tmp_path / "old")
    with pytest.raises(CheckpointError) as error:
        AUEvidence.load(tmp_path / "old")
    assert str(shape) in str(error.value) and f"at least {PRIOR_DIM} numbers" in str(error.value)


def test_a_file_that_holds_something_else_is_refused(tmp_path):
    save_file({"tower": np.zeros(3, np.float32)}, tmp_path / "other")
    (tmp_path / "damaged").write_bytes(b"not safetensors")
    for name in ("other", "damaged"):
        with pytest.raises(CheckpointError, match=name):
            AUEvidence.load(tmp_path / name)


def shipped() -> AUEvidence:
    return AUEvidence.load(NANO / EVIDENCE_NAME)


def test_closed_lids_count_beside_the_landmarks():
    prior = np.zeros(PRIOR_DIM, np.float32)
    prior[PRIOR_NAMES.index("eyeBlinkLeft")] = 0.3
    fitted = evidence({43: -3.0})
    open_eyes = fitted.estimate(prior)
    assert fitted.estimate(prior, lids=Lids(0.0, 0.0)) == open_eyes
    closed = fitted.estimate(prior, lids=Lids(0.9, 0.8))[43]
    assert closed.active and closed.probability == pytest.approx(0.8)
    assert (closed.left, closed.right) == pytest.approx((0.8, 0.9))
    wink = fitted.estimate(prior, lids=Lids(0.9, 0.1))[43]
    assert not wink.active and (wink.left, wink.right) == pytest.approx((0.3, 0.9))
    assert {au: one for au, one in fitted.estimate(prior, lids=Lids(0.9, 0.9)).items() if au != 43} == {
        au: one for au, one in open_eyes.items() if au != 43
    }


def test_a_hidden_eye_leaves_closed_lids_to_the_other():
    fitted, prior = evidence({43: -3.0}), np.zeros(PRIOR_DIM)
    one = fitted.estimate(prior, None, seen("eye_left"), Lids(0.9, 0.0))[43]
    assert one.active and one.left is None and one.right == pytest.approx(0.9)
    assert not fitted.estimate(prior, None, seen("eye_left", "eye_right"), Lids(0.9, 0.9))[43].visible


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_eyes_drawn_closed_are_closed_and_a_wink_is_one_sided(name):
    """Guards against trusting the landmarks alone, which follow closed lids half-way."""
    assert closure(portrait(name)[1]).probability < 0.2
    assert closure(again(with_closed_eyes(name))).active
    for side, other in (("right", "left"), ("left", "right")):
        wink = closure(again(with_closed_eyes(name, (side,))))
        assert not wink.active and getattr(wink, side) > getattr(wink, other) + 0.3


@pytest.mark.network
def test_one_lowered_mouth_corner_is_the_subject_s_own_side():
    """As in facial palsy: the photo's smile, with the right or the left corner pulled down."""
    image, face = portrait("astronaut.png")
    both = shipped()
    for side, corner in (("right", 61), ("left", 291)):
        droop = again(lowered(image, face.landmarks[corner], 0.13 * float(np.ptp(face.landmarks[:, 0]))))
        smile = both.estimate(droop.prior, np.zeros(both.feature_count))[12]
        weak, strong = (smile.right, smile.left) if side == "right" else (smile.left, smile.right)
        assert weak < strong - 0.1


def closure(face: Face) -> AUEstimate:
    both = shipped()
    return both.estimate(face.prior, np.zeros(both.feature_count), face.visibility, face.lids)[43]


def lowered(image: Image.Image, at: np.ndarray, by: float) -> Image.Image:
    """The picture with what lies around a point pulled down, less and less with distance."""
    y, x = np.mgrid[: image.height, : image.width].astype(np.float32)
    pull = by * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * (1.3 * by) ** 2))
    return Image.fromarray(cv2.remap(np.asarray(image), x, y - pull.astype(np.float32), cv2.INTER_LINEAR))
