"""The public interface, with a tiny model and the real landmarker."""

from dataclasses import replace

import numpy as np
import pytest
import tiny_models as tiny
from PIL import ImageOps
from raised import message_of

import emola
from emola import downloads
from emola.errors import ChatError, CheckpointError, ImageError
from emola.faba import NANO_AUS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM
from emola.face.visibility import Visibility


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    config = tiny.resnet_config(prior_dim=PRIOR_DIM, title="EmoLA-Tiny")
    return tiny.save_checkpoint(tmp_path_factory.mktemp("tiny"), config, ("tiny",))


@pytest.fixture(scope="module")
def model(folder):
    return emola.load(folder, device="cpu")


@pytest.fixture(scope="module")
def face(model):
    (face,) = model.look(downloads.path("astronaut.png"))
    return face


@pytest.mark.network
@pytest.mark.parametrize("face", ["portrait.jpg", None, 3, [], b"", tiny.face_picture(), object()])
def test_rejects_anything_but_a_face(model, face):
    for function in (model.chat, model.evidence):
        with pytest.raises(
            ChatError, match=rf"needs a face, not {type(face).__name__}: .*model\.look\(picture\)"
        ):
            function(face)


INVALID_OPTIONS = [
    *(("temperature", value) for value in (-1, "x", None, float("nan"), float("inf"), True)),
    *(("top_p", value) for value in (2, 0, -0.5, "x", None, float("nan"))),
    *(("max_new_tokens", value) for value in (0, -1, "x", None, 1.5, True)),
    *(("no_repeat", value) for value in (-1, "x", None, 1.5)),
    *(("seed", value) for value in (-1, "x", 1.5, 2**70)),
    *(("adapter", value) for value in ("nobody", 3, [])),
]


@pytest.mark.network
def test_rejects_an_invalid_chat_option_at_once(model):
    face = emola.Face.whole(tiny.face_picture())
    for option, value in INVALID_OPTIONS:
        message = message_of(ChatError, model.chat, face, **{option: value})
        assert option in message and repr(value) in message, (option, value)


@pytest.mark.network
def test_an_unknown_chat_option_is_a_type_error(model):
    with pytest.raises(TypeError, match="temprature"):
        model.chat(emola.Face.whole(tiny.face_picture()), temprature=1)


@pytest.mark.network
def test_rejects_a_question_that_is_not_text(model):
    chat = model.chat(emola.Face.whole(tiny.face_picture()))
    for question in (3, None, b"Why?", ["Why?"]):
        with pytest.raises(ChatError, match=f"A question is text, not {type(question).__name__}"):
            chat.ask(question)
    for question in ("", "  \n"):
        with pytest.raises(ChatError, match="The question is empty"):
            chat.ask(question)


@pytest.mark.network
def test_reprs_are_short(model):
    chat = model.chat(emola.Face.whole(tiny.face_picture()))
    assert repr(model) == "<EmoLA: EmoLA-Tiny, 0 million parameters on cpu>"
    assert repr(chat) == "<ChatSession: 0 turns>"
    chat.close()
    assert repr(chat) == "<ChatSession: closed>"


@pytest.fixture
def chat(model, face):
    session = model.chat(face, max_new_tokens=12)
    yield session
    session.close()


@pytest.fixture(scope="module")
def two_adapters(tmp_path_factory):
    config = tiny.resnet_config(prior_dim=PRIOR_DIM)
    folder = tiny.save_checkpoint(tmp_path_factory.mktemp("two"), config, ("au", "emotion"))
    return emola.load(folder, device="cpu")


@pytest.mark.parametrize(
    ("choice", "adapters"), [("au", ["au", "au"]), ("emotion", ["emotion"] * 2), ("auto", ["au", "emotion"])]
)
def test_turns_record_the_adapter_that_answered(two_adapters, choice, adapters):
    model = two_adapters
    assert model.adapters == ("au", "emotion")
    model.use(choice)
    chat = model.chat(emola.Face.whole(tiny.face_picture()), max_new_tokens=3)
    for question in ("Which AUs?", "Which emotion?"):
        "".join(chat.ask(question))
    assert [turn.adapter for turn in chat.turns] == adapters
    with pytest.raises(ChatError, match=r"no adapter 'age'; use 'au', 'emotion', 'auto'\."):
        model.use("age")


def test_evidence_depends_on_landmarks_and_pixels(tmp_path):
    config = tiny.resnet_config(prior_dim=PRIOR_DIM)
    folder = tiny.save_checkpoint(tmp_path, config, ("tiny",))
    face = emola.Face.whole(tiny.face_picture())
    with pytest.raises(CheckpointError, match="EmoLA measures no action units; use EmoLA-Nano"):
        emola.load(folder, device="cpu").evidence(face)
    count, rng = len(NANO_AUS), np.random.default_rng(0)
    landmarks = AUEvidence(rng.normal(size=(count, PRIOR_DIM)), *rng.normal(size=(3, count)))
    combined = landmarks.with_tower(rng.normal(size=(count, 16)), np.zeros(count))
    combined.save(folder / EVIDENCE_NAME)
    model = emola.load(folder, device="cpu")
    assert model.evidence(face) == {}, "a face without landmarks has no evidence"
    with_prior = replace(face, prior=rng.normal(size=PRIOR_DIM).astype(np.float32))
    other = replace(with_prior, crop=ImageOps.invert(face.crop))
    original, inverted = model.evidence(with_prior), model.evidence(other)
    assert set(original) == set(NANO_AUS)
    assert original[12].probability != inverted[12].probability, "AU12 depends on pixels too"
    assert original[43] == inverted[43], "AU43 depends on landmarks only"


@pytest.fixture
def reading_folder(tmp_path, monkeypatch):
    """Return a function that writes a checkpoint of a reading style, with evidence that AU12 is active."""
    monkeypatch.setattr("emola.chat.engine.MAX_READING_TOKENS", 6)

    def write(style):
        folder = tmp_path / style
        config = tiny.resnet_config(prior_dim=PRIOR_DIM, reading=style)
        tiny.save_checkpoint(folder, config, ("tiny",))
        count = len(NANO_AUS)
        bias = np.where(np.array(NANO_AUS) == 12, 5.0, -5.0)
        AUEvidence(np.zeros((count, PRIOR_DIM)), bias, -np.ones(count), np.ones(count)).save(
            folder / EVIDENCE_NAME
        )
        return folder

    return write


def test_a_model_is_told_what_its_reading_style_measures(reading_folder):
    without = emola.Face.whole(tiny.face_picture())
    smile = replace(without, prior=np.zeros(PRIOR_DIM, dtype=np.float32))
    dark = replace(smile, visibility=Visibility(200, 0.1, 0.01, 0.3, yaw=0, pitch=0))
    given = {}
    for style in ("measured", "written"):
        model = emola.load(reading_folder(style), device="cpu")
        given[style] = [model.read(face).given for face in (smile, dark, without)]
    assert given["measured"] == [
        "AU12 C. Brows level, eyes open, cheeks at rest, nose smooth, mouth closed, lips corners up, "
        "chin at rest.",
        "AU12 C unsure. Brows level, eyes open, cheeks at rest, nose smooth, mouth closed, lips corners up, "
        "chin at rest. View: dark.",
        "No landmarks.",
    ]
    assert given["written"] == ["", "View: dark.", ""]


def test_a_conversation_without_the_prior_is_told_of_no_landmarks(reading_folder):
    """Guards against a reading of a face without its prior that names units, hidden parts or the pose."""
    prior = np.zeros(PRIOR_DIM, dtype=np.float32)
    view = Visibility(200, 0.5, 0.2, 0.3, yaw=70, pitch=0, covered=frozenset({"nose"}))
    face = replace(emola.Face.whole(tiny.face_picture()), prior=prior, visibility=view)
    for style, expected in (("measured", "No landmarks."), ("written", "")):
        model = emola.load(reading_folder(style), device="cpu")
        chat = model.chat(face, max_new_tokens=2)
        assert "nose hidden" in chat.read().given
        chat.configure(prior=False)
        assert chat.read().given == expected
        assert not chat.turns and model.read(face).given != expected


def test_a_face_is_read_once_before_all_questions(reading_folder):
    model = emola.load(reading_folder("written"), device="cpu")
    face = emola.Face.whole(tiny.face_picture())
    reading = model.read(face)
    assert reading.written
    chat = model.chat(face, max_new_tokens=2)
    assert chat.reading is reading is chat.read()
    assert len(model.engine.decoder.caches) == 0
    with pytest.raises(ChatError, match="needs a face"):
        model.read("portrait.jpg")


def test_the_caches_of_conversations_are_limited(reading_folder):
    face = emola.Face.whole(tiny.face_picture())
    for cache_bytes, kept in ((None, 1), (0, 0)):
        model = emola.load(reading_folder("written"), device="cpu", cache_bytes=cache_bytes)
        chat = model.chat(face, max_new_tokens=2)
        list(chat.ask("Why?"))
        assert len(model.engine.decoder.caches) == kept


def test_a_model_without_a_reading_style_reads_nothing(two_adapters):
    face = emola.Face.whole(tiny.face_picture())
    assert two_adapters.read(face) is None
    assert not two_adapters.chat(face).reads


def test_measured_readings_need_the_evidence(reading_folder):
    folder = reading_folder("measured")
    (folder / EVIDENCE_NAME).unlink()
    with pytest.raises(CheckpointError, match=r"from measurements, but .*evidence.safetensors is missing"):
        emola.load(folder, device="cpu")


def test_the_vision_tower_runs_once_for_the_evidence_and_all_questions(tmp_path):
    config = tiny.resnet_config(prior_dim=PRIOR_DIM)
    folder = tiny.save_checkpoint(tmp_path, config, ("tiny",))
    count, rng = len(NANO_AUS), np.random.default_rng(0)
    landmarks = AUEvidence(rng.normal(size=(count, PRIOR_DIM)), *rng.normal(size=(3, count)))
    landmarks.with_tower(rng.normal(size=(count, 16)), np.zeros(count)).save(folder / EVIDENCE_NAME)
    model = emola.load(folder, device="cpu")
    calls = []
    model.model.model.vision_tower.register_forward_hook(lambda *_: calls.append(1))
    prior = rng.normal(size=PRIOR_DIM).astype(np.float32)
    face = replace(emola.Face.whole(tiny.face_picture()), prior=prior)
    chat = model.chat(face, max_new_tokens=2)
    model.evidence(face)
    for question in ("first", "second"):
        list(chat.ask(question))
    assert len(calls) == 1
    chat.close()
    assert not model.engine._encoded


@pytest.mark.network
class TestCompletePipeline:
    def test_info_describes_the_model(self, model):
        assert model.name == "EmoLA-Tiny"
        assert model.info["parameters"] == sum(p.numel() for p in model.model.parameters())
        facts = {name: model.info[name] for name in ("device", "dtype", "quantize")}
        assert facts == {"device": "cpu", "dtype": "float32", "quantize": None}

    def test_a_model_has_the_identity_of_its_checkpoint(self, model):
        parts = ["weights", "adapters", "configuration", "tokenizer", "prior expert"]
        assert list(model.identity()) == parts
        other = emola.EmoLA(model.model, model.processor, model.prior)
        with pytest.raises(CheckpointError, match="was not loaded from a checkpoint: it has no identity"):
            other.identity()

    def test_look_accepts_images_arrays_and_paths(self, model, face):
        path = downloads.path("astronaut.png")
        for source in (str(path), path.read_bytes(), np.asarray(emola.face.load_image(path))):
            (found,) = model.look(source)
            np.testing.assert_array_equal(found.landmarks, face.landmarks)
        assert model.look(np.full((80, 80, 3), 255, np.uint8)) == []
        with pytest.raises(ImageError, match="There is no picture"):
            model.look("no/such/picture.png")

    def test_answers_are_streamed_and_follow_ups_extend_the_prompt(self, chat):
        pieces = list(chat.ask("Which action units are active?"))
        assert pieces and "".join(pieces) == chat.turns[0].answer
        list(chat.ask("How sure are you about AU12?"))
        assert [turn.question for turn in chat.turns] == [
            "Which action units are active?",
            "How sure are you about AU12?",
        ]

    def test_the_answer_equals_transformers_generate(self, model, chat, face):
        """Compares the generation loop of the chat with that of transformers."""
        answer = "".join(chat.ask("Which action units are active?"))
        inputs = model.processor(
            images=[face.crop],
            messages=[[tiny.user("Which action units are active?")]],
            prior_features=[face.prior],
        )
        ids = model.model.generate(
            **inputs,
            max_new_tokens=12,
            do_sample=False,
            pad_token_id=2,
            suppress_tokens=[model.processor.image_token_id],
        )
        expected = model.processor.decode(ids[0, inputs["input_ids"].shape[1] :])
        assert len(answer) > 3
        # A character cut by the length limit is not shown.
        assert answer.rstrip("\ufffd") == expected.rstrip("\ufffd")

    def test_retry_and_undo(self, chat):
        list(chat.ask("Which action units are active?"))
        list(chat.ask("Why?"))
        "".join(chat.retry())
        assert [turn.question for turn in chat.turns] == ["Which action units are active?", "Why?"]
        assert chat.undo().question == "Why?"
        assert len(chat.turns) == 1
        chat.undo()
        with pytest.raises(ChatError, match="nothing to undo"):
            chat.undo()

    def test_logits_depend_on_pixels_and_prior(self, model, face):
        """The first logits must change with the prior and with the image."""
        question = [tiny.user("Which action units are active?")]
        without_prior = emola.Face.whole(face.crop)
        first, second = (
            model.model(
                **model.processor(images=[f.crop], messages=[question], prior_features=[f.prior])
            ).logits[0, -1]
            for f in (face, without_prior)
        )
        assert (first - second).abs().max() > 0.01
