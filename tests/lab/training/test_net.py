import pytest

torch = pytest.importorskip("torch", reason="needs the lab: pip install 'edgedet[lab]'")

from dataclasses import replace  # noqa: E402

import numpy as np  # noqa: E402

from edgedet.errors import ConfigError, ModelError  # noqa: E402
from edgedet.inference.anchors import ssd_anchors  # noqa: E402
from edgedet.lab.training import checkpoint  # noqa: E402
from edgedet.lab.training.architecture import TAP, Architecture  # noqa: E402
from edgedet.lab.training.centre import centre_scores  # noqa: E402
from edgedet.lab.training.distil import distillation_loss  # noqa: E402
from edgedet.lab.training.loss import BatchTargets, detection_loss, excess  # noqa: E402
from edgedet.lab.training.net import Block, Conv, Ssd  # noqa: E402
from edgedet.lab.training.norms import fold_norms, unfold_norms  # noqa: E402
from edgedet.lab.training.prune import drop_dead, prune  # noqa: E402
from edgedet.lab.training.qat import QuantizedTraining  # noqa: E402


def small(**changes) -> Ssd:
    torch.manual_seed(0)
    return Ssd(Architecture(**{"classes": 2, "size": 192, "width": 0.35, "norm": False, **changes})).eval()


def noise(size: int = 192, batch: int = 2) -> torch.Tensor:
    return torch.rand(batch, 3, size, size, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize("width", [0.35, 0.5, 0.75, 1.0])
@pytest.mark.parametrize(("size", "extras"), [(192, "lite"), (224, "full"), (448, "lite")])
def test_it_says_one_thing_for_each_anchor(width: float, size: int, extras: str) -> None:
    with torch.no_grad():
        boxes, logits = small(width=width, size=size, extras=extras)(noise(size, 1))
    anchors = len(ssd_anchors(size, size))
    assert boxes.shape == (1, anchors, 4)
    assert logits.shape == (1, anchors, 2)


def test_it_doubts_everything_before_training() -> None:
    with torch.no_grad():
        _, logits = small(norm=True)(noise())
    assert logits.sigmoid().mean() == pytest.approx(0.01, abs=0.005)


@pytest.mark.parametrize("wrong", [{"size": 300}, {"size": 160}, {"size": 480}, {"width": 0}, {"classes": 0}])
def test_impossible_shapes_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError, match="wanted"):
        small(**wrong)


def test_folding_batch_norm_changes_nothing() -> None:
    net = small(norm=True).train()
    for _ in range(3):
        net(noise(batch=4))
    net.eval()
    with torch.no_grad():
        for one, other in zip(net(noise()), fold_norms(net)(noise()), strict=True):
            assert torch.allclose(one, other, atol=1e-4)


def test_batch_norm_put_in_changes_nothing_and_is_normal() -> None:
    net, images = small(norm=False).eval(), noise(batch=4)
    with torch.no_grad():
        before = net(images)
        unfolded = unfold_norms(net, images)
        for one, other in zip(before, unfolded.eval()(images), strict=True):
            assert torch.allclose(one, other, atol=1e-4)
        for one, other in zip(before, unfolded.train()(images), strict=True):  # the statistics are of these pictures
            assert torch.allclose(one, other, atol=1e-2)


def test_frozen_blocks_get_no_gradient() -> None:
    net = small()
    boxes, logits = net(noise(), frozen=5)
    (boxes.sum() + logits.sum()).backward()
    assert all(p.grad is None for m in (net.stem, *net.blocks[:5]) for p in m.parameters())
    assert all(p.grad is not None for p in net.blocks[5].parameters())


@pytest.mark.parametrize("extras", ["lite", "full"])
def test_pruning_removes_what_does_nothing(extras: str) -> None:
    wide = small(width=0.5, extras=extras)
    with torch.no_grad():  # of every tensor's channels only the first quarter does anything
        for module in wide.modules():
            if isinstance(module, Conv):
                dead = module.conv.out_channels // 4
                module.conv.weight[dead:] = 0
                module.conv.bias[dead:] = 0
        narrow = prune(wide, 0.35)
        for one, other in zip(wide(noise()), narrow(noise()), strict=True):
            assert torch.allclose(one, other, atol=1e-5)
    assert sum(p.numel() for p in narrow.parameters()) < 0.7 * sum(p.numel() for p in wide.parameters())


def test_dead_channels_can_be_dropped_without_a_trace(tmp_path) -> None:
    net = small(width=0.5)
    with torch.no_grad():
        for block in net.blocks:
            block.depthwise.conv.bias.normal_()
            block.depthwise.conv.weight[3:9] = 0
        net.stem.conv.weight[3:5] = 0
        tapped = net.blocks[TAP].expand.conv
        tapped.weight[:9], tapped.bias[:9] = 0, -1.0
    lean = drop_dead(net)
    hidden = [block.depthwise.conv.in_channels for block in net.blocks]
    assert lean.architecture.hidden == tuple(count - 6 for count in hidden)
    checkpoint.save(checkpoint.TrainedModel(lean, ("a", "b"), {}), tmp_path / "lean.pt")
    with torch.no_grad():
        again = checkpoint.load(tmp_path / "lean.pt").net(noise())
        for one, other, read in zip(net(noise()), lean(noise()), again, strict=True):
            assert torch.allclose(one, other, atol=1e-4)
            assert torch.equal(other, read)


def test_outputs_without_meaning_are_tamed() -> None:
    boxes, logits = torch.zeros(2, 5, 4), torch.full((2, 5, 3), -9.0)
    assert excess(boxes, logits) == 0
    boxes[0, 0, 0] = -20
    logits[1, 1, 1] = -13
    assert excess(boxes, logits) == pytest.approx((8 + 3) / 2)


def test_pruning_to_a_greater_width_is_refused() -> None:
    with pytest.raises(ConfigError, match="smaller"):
        prune(small(), 0.5)


def targets(anchors: int, label: int = 1) -> BatchTargets:
    labels = torch.full((1, anchors), -1)
    labels[0, 3] = label
    return BatchTargets(labels, torch.ones(1, anchors, 2, dtype=torch.bool), torch.zeros(1, anchors, 4))


@pytest.mark.parametrize("kind", ["focal", "hard-negative"])
def test_the_loss_falls_as_the_answer_gets_better(kind: str) -> None:
    wanted = targets(20)
    good, bad = torch.full((1, 20, 2), -6.0), torch.full((1, 20, 2), -6.0)
    good[0, 3, 1], bad[0, 7, 0] = 6.0, 6.0
    boxes = torch.zeros(1, 20, 4)
    right, wrong = (detection_loss(boxes, logits, wanted, kind) for logits in (good, bad))
    assert right[0] < 0.02 < 0.5 < wrong[0]
    assert right[1] == 0
    assert detection_loss(boxes + 1, good, wanted, kind)[1] == pytest.approx(2.0)


@pytest.mark.parametrize("kind", ["focal", "hard-negative"])
def test_what_is_not_asked_teaches_nothing(kind: str) -> None:
    wanted = targets(20)
    wanted.asked[0, 5, 0] = False
    logits = torch.zeros(1, 20, 2, requires_grad=True)
    detection_loss(torch.zeros(1, 20, 4), logits, wanted, kind)[0].backward()
    assert logits.grad[0, 5, 0] == 0
    assert logits.grad[0, 3, 1] < 0


def test_a_student_like_its_teacher_has_nothing_to_learn() -> None:
    boxes, logits = (t.detach() for t in small()(noise()))
    assert distillation_loss(boxes, logits, boxes, logits) == pytest.approx(0, abs=1e-6)
    assert distillation_loss(boxes, logits, boxes, logits + 3) > 0.1


def test_quantized_training_rounds_as_int8_does() -> None:
    net = small()
    plain = [t.detach() for t in net(noise())]
    names = set(net.state_dict())
    training = QuantizedTraining(net, freeze_at=2)
    assert set(net.state_dict()) == names
    net.train()
    for step in range(4):
        training.at(step)
        net(noise() * (1 if step < 2 else 3))
        if step == 1:
            ranges = training.state()
    assert training.state() == ranges
    net.eval()
    weight = net.blocks[3].project.weight_rounding(net.blocks[3].project.conv.weight)
    assert all(len(channel.unique()) <= 255 for channel in weight)
    rounded = [t.detach() for t in net(noise())]
    for one, other in zip(plain, rounded, strict=True):
        assert 0 < (one - other).abs().mean() < 0.2 * one.std() + 0.05
    block = next(b for b in net.blocks if isinstance(b, Block) and b.residual)
    assert len(block(torch.randn(1, block.project.conv.out_channels, 8, 8))[0].unique()) <= 256


def test_quantized_training_has_gradients_everywhere() -> None:
    net = small().train()
    QuantizedTraining(net, freeze_at=10)
    boxes, logits = net(noise())
    (boxes.square().sum() + logits.sum()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())


def test_a_checkpoint_holds_all_there_is(tmp_path) -> None:
    net = small(width=0.5)
    path = tmp_path / "model.pt"
    checkpoint.save(checkpoint.TrainedModel(net, ("cat", "dog"), {"seed": 3}), path)
    model = checkpoint.load(path)
    assert (model.labels, model.size, model.about) == (("cat", "dog"), 192, {"seed": 3})
    assert model.net.architecture == net.architecture
    assert np.allclose(model.anchors, ssd_anchors(192, 192))
    with torch.no_grad():
        assert all(torch.equal(a, b) for a, b in zip(net(noise()), model.net(noise()), strict=True))
    assert list(tmp_path.iterdir()) == [path]


def test_centred_scores_are_one_half_where_they_were_the_confidence() -> None:
    model = checkpoint.TrainedModel(small(), ("cat", "dog"), {})
    moved = centre_scores(model, {"dog": 0.2})
    with torch.no_grad():
        (boxes, before), (same, after) = model.net(noise()), moved.net(noise())
    assert torch.equal(boxes, same)
    assert torch.equal(before[..., 0], after[..., 0])
    assert torch.allclose(after[..., 1], before[..., 1] + np.log(0.8 / 0.2), atol=1e-5)
    for wrong in ({"cow": 0.5}, {"cat": 1.0}, {"cat": float("nan")}):
        with pytest.raises(ConfigError, match="--centre"):
            centre_scores(model, wrong)


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04 and no more"])
def test_what_is_no_checkpoint_is_refused(content: bytes, tmp_path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.pt: not a checkpoint"):
        checkpoint.load(path)
    with pytest.raises(ModelError, match="no such file"):
        checkpoint.load(tmp_path / "missing.pt")


def test_weights_that_are_no_numbers_are_refused(tmp_path) -> None:
    net = small()
    with torch.no_grad():
        net.last.conv.weight[0, 0] = float("nan")
    checkpoint.save(checkpoint.TrainedModel(net, ("a", "b"), {}), tmp_path / "model.pt")
    with pytest.raises(ModelError, match=r"last\.conv\.weight"):
        checkpoint.load(tmp_path / "model.pt")


def test_a_code_carrying_checkpoint_is_not_run(tmp_path) -> None:
    class Harmful:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").write_text, ("x",))

    torch.save({"format": checkpoint.FORMAT, "x": Harmful()}, tmp_path / "model.pt")
    with pytest.raises(ModelError, match="not a checkpoint"):
        checkpoint.load(tmp_path / "model.pt")
    assert not (tmp_path / "ran").exists()


def test_a_net_of_another_shape_is_refused(tmp_path) -> None:
    net = small()
    checkpoint.save(checkpoint.TrainedModel(net, ("a", "b"), {}), tmp_path / "model.pt")
    content = checkpoint.read(tmp_path / "model.pt")
    content["architecture"] = replace(net.architecture, width=0.5).to_dict()
    checkpoint.write(content, tmp_path / "model.pt")
    with pytest.raises(ModelError, match="don't fit"):
        checkpoint.load(tmp_path / "model.pt")
