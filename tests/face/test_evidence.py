"""Action-unit evidence: logits, sides, visibility, files, and closed eyes."""

import cv2
import numpy as np
import pytest
from example_faces import PORTRAITS, example_face, largest_face, with_closed_eyes
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
    """Return evidence with these logits for any face, and intensities from 0 to 1."""
    bias = np.array([(logits or {}).get(au, -1.0) for au in NANO_AUS])
    return AUEvidence(np.zeros((COUNT, PRIOR_DIM)), bias, np.zeros(COUNT), np.ones(COUNT))


def mirrored_prior(prior: np.ndarray) -> np.ndarray:
    """Exchange the two sides of the face in a prior vector."""
    twins = {"Left": "Right", "Right": "Left", "_left": "_right", "_right": "_left"}
    names = list(PRIOR_NAMES)
    for i, name in enumerate(PRIOR_NAMES):
        for end, other in twins.items():
            twin = name.removesuffix(end) + other
            if name.endswith(end) and twin in PRIOR_NAMES:
                names[i] = twin
    return prior[[PRIOR_NAMES.index(name) for name in names]]


def test_a_unit_is_active_at_a_probability_of_one_half():
    estimates = evidence({12: 0.0, 4: -1e-6, 6: 2.0}).estimate(np.zeros(PRIOR_DIM))
    assert set(estimates) == set(NANO_AUS)
    assert estimates[12].probability == 0.5 and estimates[12].active
    assert not estimates[4].active
    assert estimates[6].probability == pytest.approx(1 / (1 + np.exp(-2)))


def test_au26_and_au27_are_never_both_active():
    for drop, stretch in ((3.0, 2.0), (9.0, 0.0)):
        estimates = evidence({26: drop, 27: stretch}).estimate(np.zeros(PRIOR_DIM))
        assert estimates[27].active and not estimates[26].active
    estimates = evidence({26: 3.0, 27: -0.1}).estimate(np.zeros(PRIOR_DIM))
    assert estimates[26].active and not estimates[27].active


def test_batched_logits_equal_single_logits():
    rng = np.random.default_rng(0)
    fitted = AUEvidence(
        rng.normal(size=(COUNT, PRIOR_DIM)), rng.normal(size=COUNT), np.zeros(COUNT), np.ones(COUNT)
    )
    priors = rng.normal(size=(50, PRIOR_DIM))
    batched = fitted.logits(priors)
    np.testing.assert_allclose(batched, [fitted.logits(prior) for prior in priors])
    active = batched >= 0
    assert not (active[:, NANO_AUS.index(26)] & active[:, NANO_AUS.index(27)]).any()
    assert active[:, NANO_AUS.index(26)].any() and active[:, NANO_AUS.index(27)].any()


def test_tower_logits_are_added_except_for_rule_units():
    rng = np.random.default_rng(0)
    landmarks = AUEvidence(rng.normal(size=(COUNT, PRIOR_DIM)), *rng.normal(size=(3, COUNT)))
    weights, bias = rng.normal(size=(COUNT, 6)), rng.normal(size=COUNT)
    combined = landmarks.with_tower(weights, bias)
    prior, features = rng.normal(size=PRIOR_DIM), rng.normal(size=6)
    assert combined.feature_count == 6
    before, pixels = landmarks.logits(prior), weights @ features + bias
    for i, au in enumerate(NANO_AUS):
        if au == 26:
            continue  # AU27 may exclude it
        expected = before[i] if au in RULES else LANDMARK_SHARE * before[i] + pixels[i]
        assert combined.logits(prior, features)[i] == pytest.approx(expected), au


@pytest.mark.parametrize("features", [None, np.zeros(5)])
def test_rejects_features_of_another_tower(features):
    combined = evidence().with_tower(np.zeros((COUNT, 6)), np.zeros(COUNT))
    with pytest.raises(ValueError, match="6 features"):
        combined.estimate(np.zeros(PRIOR_DIM), features)


def test_only_sided_units_have_side_intensities():
    estimates = evidence().estimate(np.full(PRIOR_DIM, 0.4))
    sided = {au for au, estimate in estimates.items() if estimate.left is not None}
    assert sided == set(NANO_AUS) - SIDELESS
    assert sided == {au for au, estimate in estimates.items() if estimate.right is not None}


def test_mirroring_a_crooked_smile_exchanges_its_sides():
    prior = np.zeros(PRIOR_DIM, np.float32)
    prior[PRIOR_NAMES.index("mouthSmileLeft")] = 0.8
    prior[PRIOR_NAMES.index("mouthSmileRight")] = 0.2
    original, mirror = evidence().estimate(prior)[12], evidence().estimate(mirrored_prior(prior))[12]
    assert (original.left, original.right) == pytest.approx((0.8, 0.2))
    assert (mirror.left, mirror.right) == (original.right, original.left)
    assert mirror.intensity == original.intensity == pytest.approx(0.5)


def test_mirroring_exchanges_the_sides_of_every_unit():
    prior = np.random.default_rng(1).random(PRIOR_DIM)
    original, mirror = evidence().estimate(prior), evidence().estimate(mirrored_prior(prior))
    for au in NANO_AUS:
        assert (mirror[au].left, mirror[au].right) == (original[au].right, original[au].left)
    assert any(estimate.left != estimate.right for estimate in original.values())


def visibility_with(*covered: str, yaw: float = 0.0) -> Visibility:
    return Visibility(200.0, 0.5, 0.2, 0.25, yaw, 0.0, frozenset(covered))


def test_units_of_covered_regions_are_not_visible():
    fitted = evidence(dict.fromkeys(NANO_AUS, 3.0))
    prior = np.full(PRIOR_DIM, 0.4)
    visible, masked = (
        fitted.estimate(prior),
        fitted.estimate(prior, None, visibility_with("nose", "mouth_right", "mouth_left")),
    )
    for au, estimate in masked.items():
        if au in (1, 2, 4, 5, 6, 7, 43):
            assert estimate == visible[au] and estimate.visible and estimate.active
        else:
            assert not estimate.visible and not estimate.active
            values = (estimate.probability, estimate.intensity, estimate.left, estimate.right)
            assert values == (None, None, None, None)


@pytest.mark.parametrize(
    "visibility",
    [visibility_with("mouth_left"), visibility_with(yaw=40.0)],
    ids=["the left side covered", "turned to the right"],
)
def test_a_hidden_side_is_unknown_and_the_other_is_measured(visibility):
    prior = np.zeros(PRIOR_DIM, np.float32)
    prior[PRIOR_NAMES.index("mouthSmileLeft")] = 0.8
    prior[PRIOR_NAMES.index("mouthSmileRight")] = 0.2
    smile = evidence({12: 1.0}).estimate(prior, None, visibility)[12]
    assert smile.left is None and smile.right == pytest.approx(0.2) == smile.intensity
    assert smile.visible and smile.active
    lips = evidence({25: 1.0}).estimate(prior, None, visibility)[25]
    assert lips.visible and lips.active and lips.left is None


def test_without_visibility_the_whole_face_counts_as_visible():
    prior = np.full(PRIOR_DIM, 0.4)
    assert evidence().estimate(prior, None, None) == evidence().estimate(prior, None, visibility_with())


def test_intensity_is_clipped_between_rest_and_maximum():
    fitted = evidence()
    fitted.rest, fitted.full = np.full(COUNT, 0.2), np.full(COUNT, 0.6)
    prior = np.zeros(PRIOR_DIM)
    for gap, intensity in ((0.0, 0.0), (0.2, 0.0), (0.4, 0.5), (0.6, 1.0), (3.0, 1.0)):
        prior[PRIOR_NAMES.index("lip_gap")] = gap
        assert fitted.estimate(prior)[25].intensity == pytest.approx(intensity)


def test_every_unit_has_a_measure_with_equal_weight_on_both_sides():
    assert set(MEASURES) == set(NANO_AUS)
    for au in NANO_AUS:
        total = measure_weights(au)
        assert np.abs(total).sum() > 0
        if au not in SIDELESS:
            halves = (measure_weights(au, "left") + measure_weights(au, "right")) / 2
            np.testing.assert_allclose(total, halves)


def test_save_and_load_round_trip(tmp_path):
    rng = np.random.default_rng(0)
    fitted = AUEvidence(rng.normal(size=(COUNT, PRIOR_DIM)), *rng.normal(size=(3, COUNT)))
    fitted.save(tmp_path / "evidence.safetensors")
    loaded = AUEvidence.load(tmp_path / "evidence.safetensors")
    for name, value in vars(fitted).items():
        np.testing.assert_allclose(getattr(loaded, name), value, rtol=1e-6)


def test_names_a_missing_file(tmp_path):
    with pytest.raises(CheckpointError, match=str(tmp_path / "none")):
        AUEvidence.load(tmp_path / "none")


@pytest.mark.parametrize("shape", [(COUNT, PRIOR_DIM - 1), (COUNT - 1, PRIOR_DIM)])
def test_rejects_another_shape_and_states_the_required_one(tmp_path, shape):
    """The file was fitted for other units or another prior."""
    zeros = np.zeros(shape[0])
    AUEvidence(np.zeros(shape), zeros, zeros, zeros).save(tmp_path / "old")
    with pytest.raises(CheckpointError) as error:
        AUEvidence.load(tmp_path / "old")
    assert str(shape) in str(error.value) and f"at least {PRIOR_DIM} numbers" in str(error.value)


def test_rejects_a_file_with_other_content(tmp_path):
    save_file({"tower": np.zeros(3, np.float32)}, tmp_path / "other")
    (tmp_path / "damaged").write_bytes(b"not safetensors")
    for name in ("other", "damaged"):
        with pytest.raises(CheckpointError, match=name):
            AUEvidence.load(tmp_path / name)


def shipped() -> AUEvidence:
    return AUEvidence.load(NANO / EVIDENCE_NAME)


def test_lid_closure_is_combined_with_the_landmarks():
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
    both_closed = fitted.estimate(prior, lids=Lids(0.9, 0.9))
    assert all(both_closed[au] == open_eyes[au] for au in NANO_AUS if au != 43)


def test_the_visible_eye_decides_closure_if_one_is_hidden():
    fitted, prior = evidence({43: -3.0}), np.zeros(PRIOR_DIM)
    estimate = fitted.estimate(prior, None, visibility_with("eye_left"), Lids(0.9, 0.0))[43]
    assert estimate.active and estimate.left is None and estimate.right == pytest.approx(0.9)
    hidden = visibility_with("eye_left", "eye_right")
    assert not fitted.estimate(prior, None, hidden, Lids(0.9, 0.9))[43].visible


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_drawn_closed_eyes_and_winks_are_recognised(name):
    """Guards against relying on the landmarks alone, which follow closed lids only partly."""
    assert closure(example_face(name)[1]).probability < 0.2
    assert closure(largest_face(with_closed_eyes(name))).active
    for side, other in (("right", "left"), ("left", "right")):
        wink = closure(largest_face(with_closed_eyes(name, (side,))))
        assert not wink.active and getattr(wink, side) > getattr(wink, other) + 0.3


@pytest.mark.network
def test_a_lowered_mouth_corner_weakens_the_subjects_own_side():
    """As in facial palsy, one corner of the smile is pulled down."""
    image, face = example_face("astronaut.png")
    combined = shipped()
    for side, corner in (("right", 61), ("left", 291)):
        distance = 0.13 * float(np.ptp(face.landmarks[:, 0]))
        droop = largest_face(pull_down(image, face.landmarks[corner], distance))
        smile = combined.estimate(droop.prior, np.zeros(combined.feature_count))[12]
        weak, strong = (smile.right, smile.left) if side == "right" else (smile.left, smile.right)
        assert weak < strong - 0.1


def closure(face: Face) -> AUEstimate:
    combined = shipped()
    return combined.estimate(face.prior, np.zeros(combined.feature_count), face.visibility, face.lids)[43]


def pull_down(image: Image.Image, point: np.ndarray, distance: float) -> Image.Image:
    """Pull the pixels around a point down, with a Gaussian falloff."""
    y, x = np.mgrid[: image.height, : image.width].astype(np.float32)
    falloff = 2 * (1.3 * distance) ** 2
    pull = distance * np.exp(-((x - point[0]) ** 2 + (y - point[1]) ** 2) / falloff)
    return Image.fromarray(cv2.remap(np.asarray(image), x, y - pull.astype(np.float32), cv2.INTER_LINEAR))
