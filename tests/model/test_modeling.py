"""The architecture: image tokens, prior, batches, caching and training."""

import numpy as np
import pytest
import tiny_models as tiny
import torch
from transformers import AutoConfig, AutoModelForImageTextToText, DynamicCache

from emola.model import EmolaConfig, EmolaForConditionalGeneration

CONFIGS = {
    "resnet, 4 prior tokens": lambda: tiny.resnet_config(4),
    "resnet, 1 prior token": lambda: tiny.resnet_config(1),
    "clip, 1 prior token": lambda: tiny.clip_config(1),
    "clip, 4 prior tokens": lambda: tiny.clip_config(4),
}


@pytest.fixture(scope="module", params=CONFIGS.values(), ids=CONFIGS.keys())
def pair(request):
    config = request.param()
    return tiny.tiny_model(config), tiny.tiny_processor(config)


def batch(processor, *texts, priors=True):
    return processor(
        images=[tiny.face_picture(i) for i, _ in enumerate(texts)],
        messages=[[tiny.user(text)] for text in texts],
        prior_features=[tiny.prior(i) if priors else None for i, _ in enumerate(texts)],
    )


@torch.no_grad()
def logits(model, inputs):
    return model(**inputs).logits


def test_prior_tokens_follow_the_patches(pair):
    model, processor = pair
    patches = model.config.image_seq_length
    original, changed = batch(processor, "?"), batch(processor, "?")
    changed["prior_features"] = changed["prior_features"] + 1
    with torch.no_grad():
        before = model.image_embeds(original["pixel_values"], original["prior_features"])
        after = model.image_embeds(changed["pixel_values"], changed["prior_features"])
        mirrored = model.image_embeds(original["pixel_values"].flip(-1), original["prior_features"])
    assert before.shape == (1, patches + model.config.prior_tokens, 64)
    torch.testing.assert_close(before[:, :patches], after[:, :patches])
    assert ((before[:, patches:] - after[:, patches:]).abs().amax(-1) > 1e-3).all()
    torch.testing.assert_close(before[:, patches:], mirrored[:, patches:])
    assert not torch.allclose(before[:, :patches], mirrored[:, :patches])


def test_prior_with_patches_depends_on_the_mean_patch():
    """All prior tokens depend on the mean patch, which has no position."""
    model = tiny.tiny_model(tiny.resnet_config(prior_with_patches=True))
    inputs = batch(tiny.tiny_processor(model.config), "?")
    pixels, prior = torch.randn_like(inputs["pixel_values"]), inputs["prior_features"]
    with torch.no_grad():
        projector_input = torch.cat([prior, model.patch_features(pixels).mean(1)], dim=1)
        tokens = model.image_embeds(pixels, prior)[:, model.config.image_seq_length :]
        torch.testing.assert_close(tokens, model.model.prior_projector(projector_input))
        assert not torch.allclose(tokens, model.image_embeds(pixels + 1, prior)[:, -tokens.shape[1] :])


def test_clip_patches_come_from_the_second_last_layer():
    """Guards against including the class token, and against reading the last layer."""
    model = tiny.tiny_model(tiny.clip_config())
    pixels = batch(tiny.tiny_processor(model.config), "?")["pixel_values"]
    with torch.no_grad():
        states = model.model.vision_tower(pixels, output_hidden_states=True).hidden_states
        expected = model.model.multi_modal_projector(states[-2][:, 1:])
        torch.testing.assert_close(model.image_embeds(pixels, None)[:, :-1], expected)


def test_a_mirrored_tower_is_equivariant_to_mirroring():
    """The patches of the mirror image are those of the image in mirrored order."""
    config = tiny.resnet_config()
    pixels = torch.randn_like(batch(tiny.tiny_processor(config), "?")["pixel_values"])
    plain, model = tiny.tiny_model(config), tiny.tiny_model(tiny.resnet_config(mirrored=True))
    model.load_state_dict(plain.state_dict())
    with torch.no_grad():
        patches, mirror_patches = (
            m.unflatten(1, (4, 4)) for m in map(model.model.patch_features, (pixels, pixels.flip(3)))
        )
        torch.testing.assert_close(mirror_patches, patches.flip(2))
        views = [plain.model.patch_features(view).unflatten(1, (4, 4)) for view in (pixels, pixels.flip(3))]
        torch.testing.assert_close(patches, (views[0] + views[1].flip(2)) / 2)
        assert not torch.allclose(views[0], views[1].flip(2))


def test_resnet_patches_are_in_row_order():
    model = tiny.tiny_model(tiny.resnet_config())
    pixels = batch(tiny.tiny_processor(model.config), "?")["pixel_values"]
    with torch.no_grad():
        maps = model.model.vision_tower(pixels).last_hidden_state
        expected = model.model.multi_modal_projector(maps[0, :, 1, 2])
        torch.testing.assert_close(model.image_embeds(pixels, None)[0, 1 * 4 + 2], expected)


def test_a_missing_prior_equals_zeros(pair):
    model, processor = pair
    missing = batch(processor, "?", priors=False)
    assert missing["prior_features"].eq(0).all()
    with_zeros = logits(model, missing)
    del missing["prior_features"]
    torch.testing.assert_close(logits(model, missing), with_zeros)
    assert not torch.allclose(logits(model, batch(processor, "?")), with_zeros)


def test_rejects_a_prior_of_another_size_with_both_shapes():
    model = tiny.tiny_model(tiny.resnet_config())
    with pytest.raises(ValueError, match=r"\(2, 9\).*\(2, 10\)"):
        model.image_embeds(torch.zeros(2, 1, 32, 32), torch.zeros(2, 9))


def test_rejects_a_wrong_number_of_image_tokens_with_both_counts(pair):
    model, processor = pair
    inputs = batch(processor, "?")
    expected = model.config.image_tokens
    index = inputs["input_ids"][0].tolist().index(model.config.image_token_id)
    keep = [i for i in range(inputs["input_ids"].shape[1]) if i != index]
    short = {**inputs, "input_ids": inputs["input_ids"][:, keep]}
    short["attention_mask"] = inputs["attention_mask"][:, keep]
    with pytest.raises(ValueError, match=rf"\b{expected - 1}\b.*\b{expected}\b"):
        model(**short)
    embeds = model.image_embeds(inputs["pixel_values"], inputs["prior_features"])
    with pytest.raises(ValueError, match=rf"\b{expected - 1}\b.*\b{expected}\b"):
        model.embed(short["input_ids"], embeds)


def test_batched_logits_equal_single_logits(pair):
    """Left padding must not change the logits of a short prompt."""
    model, processor = pair
    texts = "Which units?", "What does this face express, and why?", "?"
    batched = logits(model, batch(processor, *texts))[:, -1]
    for i, text in enumerate(texts):
        single = processor(
            images=[tiny.face_picture(i)], messages=[[tiny.user(text)]], prior_features=[tiny.prior(i)]
        )
        torch.testing.assert_close(batched[i], logits(model, single)[0, -1], atol=1e-4, rtol=1e-4)


def test_batched_generation_equals_single_generation(pair):
    model, processor = pair
    texts = "Which units?", "What does this face express, and why?"
    options = {"max_new_tokens": 6, "do_sample": False, "pad_token_id": 2}

    def answers(inputs):
        return [
            row[row.ne(2).cumprod(0).bool()].tolist()
            for row in model.generate(**inputs, **options)[:, inputs["input_ids"].shape[1] :]
        ]

    batched = answers(batch(processor, *texts))
    for i, text in enumerate(texts):
        single = processor(
            images=[tiny.face_picture(i)], messages=[[tiny.user(text)]], prior_features=[tiny.prior(i)]
        )
        assert answers(single) == [batched[i]]


def test_generation_depends_on_the_prior():
    """Guards against ``generate`` dropping ``prior_features``."""
    config = tiny.resnet_config()
    model, processor = tiny.tiny_model(config), tiny.tiny_processor(config)
    inputs = batch(processor, "?")
    step = model.generate(
        **inputs, max_new_tokens=1, return_dict_in_generate=True, output_logits=True, pad_token_id=2
    )
    torch.testing.assert_close(step.logits[0], logits(model, inputs)[:, -1])


def test_precomputed_embeddings_equal_pixels(pair):
    model, processor = pair
    inputs = batch(processor, "Which units?", "And why do you think so?")
    with torch.no_grad():
        embeds = model.image_embeds(inputs["pixel_values"], inputs["prior_features"])
        reused = model(
            inputs_embeds=model.embed(inputs["input_ids"], embeds), attention_mask=inputs["attention_mask"]
        ).logits
    torch.testing.assert_close(reused[:, -1], logits(model, inputs)[:, -1], atol=1e-5, rtol=1e-5)


def test_feeding_a_prompt_in_two_parts_equals_one_pass():
    """A follow-up is fed after cached tokens, so positions must continue."""
    config = tiny.resnet_config()
    model, processor = tiny.tiny_model(config), tiny.tiny_processor(config)
    inputs = batch(processor, "Which units are active?")
    cache, ids = DynamicCache(config=config.get_text_config()), inputs["input_ids"]
    with torch.no_grad():
        embeds = model.image_embeds(inputs["pixel_values"], inputs["prior_features"])
        model(inputs_embeds=model.embed(ids[:, :-5], embeds), past_key_values=cache, use_cache=True)
        rest = model(
            inputs_embeds=model.embed(ids[:, -5:], None),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits
    assert rest.shape[1] == 1
    torch.testing.assert_close(rest[:, -1], logits(model, inputs)[:, -1], atol=1e-5, rtol=1e-5)


def test_saving_and_loading_preserves_the_model(pair, tmp_path):
    model, processor = pair
    model.save_pretrained(tmp_path)
    inputs = batch(processor, "Which units?")
    expected = logits(model, inputs)
    config = AutoConfig.from_pretrained(tmp_path)
    assert isinstance(config, EmolaConfig)
    assert (config.prior_tokens, config.prior_dim) == (model.config.prior_tokens, tiny.PRIOR_DIM)
    for kind in (EmolaForConditionalGeneration, AutoModelForImageTextToText):
        loaded = kind.from_pretrained(tmp_path)
        assert type(loaded) is EmolaForConditionalGeneration
        torch.testing.assert_close(logits(loaded.eval(), inputs), expected)


def test_the_head_is_tied_as_the_language_model_specifies(tmp_path):
    """SmolLM2 has no separate head; untied, it would be initialised at random without warning."""
    model = tiny.tiny_model(tiny.resnet_config())
    model.save_pretrained(tmp_path)
    loaded = EmolaForConditionalGeneration.from_pretrained(tmp_path)
    for variant in (model, loaded):
        assert variant.lm_head.weight.data_ptr() == variant.get_input_embeddings().weight.data_ptr()


def test_both_projectors_receive_gradients():
    config = tiny.resnet_config()
    model, processor = tiny.tiny_model(config), tiny.tiny_processor(config)
    inputs = processor(
        images=[tiny.face_picture()],
        messages=[[tiny.user("?"), tiny.assistant("AU12.")]],
        prior_features=[tiny.prior()],
        labels=True,
    )
    model(**inputs).loss.backward()
    for part in (model.model.prior_projector, model.model.multi_modal_projector):
        for name, parameter in part.named_parameters():
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_a_bfloat16_model_accepts_float32_inputs():
    """The processor always returns float32, which a model in half precision must accept."""
    config = tiny.resnet_config()
    inputs = batch(tiny.tiny_processor(config), "?")
    expected = logits(tiny.tiny_model(config), inputs)[0, -1]
    half = logits(tiny.tiny_model(config).to(torch.bfloat16), inputs)[0, -1].float()
    assert np.corrcoef(expected, half)[0, 1] > 0.99
