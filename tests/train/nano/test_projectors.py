import pytest
import tiny_models as tiny
import torch
from table_fakes import face_table, measured_evidence

from emola.faba import EMOTIONS, NANO_AUS
from emola.face.prior import PRIOR_DIM
from emola.train.nano.projectors import Words, initialise, known_emotions, known_units

SIZE = 0.2


@pytest.fixture
def model():
    return tiny.tiny_model(tiny.resnet_config(prior_tokens=len(NANO_AUS), prior_dim=PRIOR_DIM))


@pytest.fixture
def words(model):
    return Words(model, tiny.tiny_tokenizer())


def likeness(tokens: torch.Tensor, word: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cosine_similarity(tokens, word, dim=-1)


@torch.no_grad()
def test_prior_token_names_its_unit_and_state(model, words):
    table = face_table(80)
    priors = torch.from_numpy(table.priors)
    known = known_units(measured_evidence(), len(NANO_AUS), words)
    projector = model.model.prior_projector
    initialise(projector, priors, known, SIZE, seed=0)
    tokens_NKH = projector(priors)
    says_active = likeness(tokens_NKH, words("active")) - likeness(tokens_NKH, words("absent"))
    active = torch.from_numpy(measured_evidence().logits(table.priors) >= 0)
    jaw, mouth = (
        NANO_AUS.index(26),
        NANO_AUS.index(27),
    )  # in these faces they move together, so 27 rules out 26
    assert not active[:, jaw].any() and active[:, mouth].any()
    assert says_active[:, jaw].max() < says_active[active[:, mouth], mouth].min()
    for i, au in enumerate(NANO_AUS):
        assert i == jaw or says_active[active[:, i], i].mean() > says_active[~active[:, i], i].mean() + 0.1, (
            au
        )


@torch.no_grad()
def test_unit_just_above_its_threshold_is_fully_active(model, words):
    """In proportion to the evidence, faint units would equal absent ones."""
    evidence, projector = measured_evidence(), model.model.prior_projector
    initialise(
        projector,
        torch.from_numpy(face_table(80).priors),
        known_units(evidence, len(NANO_AUS), words),
        SIZE,
        0,
    )
    direction = torch.from_numpy(evidence.weights[8] / (evidence.weights[8] ** 2).sum()).float()
    odds = torch.tensor([-20.0, -0.7, 0.7, 20.0]) - float(evidence.bias[8])
    tokens_NH = projector(odds[:, None] * direction)[:, 8]
    said = (tokens_NH @ (words("active") - words("absent"))).tolist()
    assert said[2] - said[1] > 0.8 * (said[3] - said[0])


@torch.no_grad()
def test_patch_token_is_the_emotion_of_the_head(model, words):
    torch.manual_seed(0)
    heads = {"emotion_head.weight": torch.randn(7, 16), "emotion_head.bias": torch.zeros(7)}
    features = torch.randn(400, 16)
    projector = model.model.multi_modal_projector
    initialise(projector, features, known_emotions(heads, features, words), SIZE, seed=0)
    logits = features @ heads["emotion_head.weight"].T
    logits = (logits - logits.mean(0)) / logits.std(0)
    tokens = projector(features)
    for i, emotion in enumerate(EMOTIONS):
        said = likeness(tokens, known_emotions(heads, features, words).words[i])
        assert torch.corrcoef(torch.stack([said, logits[:, i]]))[0, 1] > 0.5, emotion


@torch.no_grad()
def test_nearly_constant_features_do_not_dominate(model, words):
    priors = torch.randn(100, PRIOR_DIM)
    priors[:, 3] = 1e-9 * torch.randn(100)
    projector = model.model.prior_projector
    initialise(projector, priors, known_units(measured_evidence(), len(NANO_AUS), words), SIZE, seed=0)
    assert projector.linear_1.weight.abs().max() < 1e4
    assert projector(priors).std() < 20 * SIZE


@torch.no_grad()
def test_same_seed_gives_the_same_projector(model, words):
    priors = torch.randn(50, PRIOR_DIM)
    known = known_units(measured_evidence(), len(NANO_AUS), words)
    projector = model.model.prior_projector
    initialise(projector, priors, known, SIZE, seed=3)
    first = projector(priors)
    initialise(projector, priors, known, SIZE, seed=3)
    torch.testing.assert_close(projector(priors), first)
