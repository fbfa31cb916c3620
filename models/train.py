#!/usr/bin/python3
"""Trains the detector of people and hands in ceiling views, on pictures that `aisle render-pictures` made.

Needs Debian's python3-torch and python3-onnx, and nothing else. See README.md beside this file for the commands.
"""

import argparse
import json
import math
import time
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

WIDTH, HEIGHT = 320, 240
# Heads are looked for on a grid of 8 pixels, hands, which are smaller, on one of 4.
PERSON_STRIDE, HAND_STRIDE = 8, 4
# Distances leave the net in units of so many pixels, so that all losses are of one size.
PERSON_UNIT, HAND_UNIT = 24.0, 8.0
# Less of a head or hand than SURE is no example of either; between the two, neither answer is wrong.
SURE, UNSURE = 0.35, 0.1
# Nor is what has fewer pixels than these, from edge to edge.
PERSON_LEAST, HAND_LEAST = 14, 4
# Of boxes' overlap beside the heat maps.
BOX_WEIGHT = 1.0
# Cells this near to a middle (1: on it) learn its distances too: a peak is not always found in the cell meant.
NEAR = 0.45
# Of the mean of weights in each step: over about the last 250.
AVERAGED_KEEP = 0.996
# Cameras with pictures of 16:9 leave the lower part of the input empty: so much is seen then.
WIDE_HEIGHT, PADDING = 180, 114


def conv(inputs, outputs, stride=1, kernel=3):
    # Cells begin at the picture's edge, whatever the stride.
    padding = kernel // 2 if kernel % 2 else (kernel - stride) // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    def __init__(self, channels, dilation=1):
        super().__init__()
        self.first = conv(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, dilation, dilation, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


class Detector(nn.Module):
    """From pictures [n, 3, 240, 320] to maps of people [n, 9, 30, 40] and of hands [n, 5, 60, 80].

    People: score; left, top, right, bottom of the visible body from the cell's middle; the head's middle and the
    place on the floor from there. Hands: score and box alike.
    """

    def __init__(self):
        super().__init__()
        # One step of 4 pixels: nothing else is as dear on a processor as what runs at the picture's full size.
        self.at4 = nn.Sequential(conv(3, 24, 4, kernel=6), Residual(24))
        self.at8 = nn.Sequential(conv(24, 40, 2), Residual(40))
        self.at16 = nn.Sequential(conv(40, 48, 2), Residual(48, 2), Residual(48, 3))
        self.down16 = nn.Conv2d(48, 40, 1)
        self.join8 = conv(40, 40)
        self.down8 = nn.Conv2d(40, 24, 1)
        self.join4 = conv(24, 24)
        self.people = nn.Sequential(conv(40, 40), nn.Conv2d(40, 9, 1))
        self.hands = nn.Sequential(conv(24, 24), nn.Conv2d(24, 5, 1))
        # Nearly all cells show nothing: with this start the first steps do not go into learning that.
        for head in (self.people, self.hands):
            nn.init.zeros_(head[-1].bias)
            nn.init.constant_(head[-1].bias[:1], -4.0)

    def forward(self, x):
        at4 = self.at4(x)
        at8 = self.at8(at4)
        at16 = self.at16(at8)
        at8 = self.join8(at8 + F.interpolate(self.down16(at16), scale_factor=2.0, mode="nearest"))
        at4 = self.join4(at4 + F.interpolate(self.down8(at8), scale_factor=2.0, mode="nearest"))
        return self.people(at8), self.hands(at4)


def middles(stride):
    """Middles of a grid's cells in pixels: x [1, columns] and y [rows, 1]."""
    xs = (torch.arange(WIDTH // stride, dtype=torch.float32) + 0.5) * stride
    ys = (torch.arange(HEIGHT // stride, dtype=torch.float32) + 0.5) * stride
    return xs[None, :], ys[:, None]


class Exported(nn.Module):
    """As YOLOv8 models for poses speak: [1, 4 + 2 classes + 2 points x 3, cells], all in pixels, cells of people first.

    Cells that are no peak of their neighbourhood score 0. Points: the head's middle, and the place on the floor.
    """

    def __init__(self, detector):
        super().__init__()
        self.detector = detector
        for name, stride in (("person", PERSON_STRIDE), ("hand", HAND_STRIDE)):
            xs, ys = middles(stride)
            grid = torch.stack([xs.expand(ys.shape[0], -1), ys.expand(-1, xs.shape[1])])
            self.register_buffer(f"{name}_grid", grid[None])

    def forward(self, x):
        people, hands = self.detector(x)
        person = self.rows(people, self.person_grid, PERSON_UNIT)
        hand = self.rows(hands, self.hand_grid, HAND_UNIT)
        person_score, hand_score = peaks(people[:, :1]), peaks(hands[:, :1])
        none_p, none_h = torch.zeros_like(person_score), torch.zeros_like(hand_score)
        head = self.person_grid + people[:, 5:7] * PERSON_UNIT
        floor = self.person_grid + people[:, 7:9] * PERSON_UNIT
        per_person = [person, person_score, none_p, head, person_score, floor, person_score]
        per_hand = [hand, none_h, hand_score] + [none_h] * 6
        return torch.cat([torch.cat(per_person, 1).flatten(2), torch.cat(per_hand, 1).flatten(2)], 2)

    @staticmethod
    def rows(maps, grid, unit):
        before, after = F.relu(maps[:, 1:3]) * unit, F.relu(maps[:, 3:5]) * unit
        return torch.cat([grid + (after - before) / 2, after + before], 1)


def peaks(logits):
    score = torch.sigmoid(logits)
    return score * (score == F.max_pool2d(score, 3, 1, 1)).float()


class Pictures:
    """What `aisle render-pictures` wrote into folders."""

    def __init__(self, folders):
        self.labels, self.pixels = [], []
        for folder in map(Path, folders):
            labels = [json.loads(line) for line in (folder / "labels.jsonl").open()]
            shape = (len(labels), HEIGHT, WIDTH, 3)
            self.pixels.extend(np.memmap(folder / "pictures.rgb", np.uint8, "r", shape=shape))
            self.labels.extend(labels)

    def examples(self, index):
        """(people, hands): rows of share, middle x y, box left top right bottom, and for people floor x y."""
        people, hands = [], []
        for person in self.labels[index]["people"]:
            head = person["head"]
            if head["middlePx"] and person["floorPx"] and person["boxPx"]:
                share = sized(head["visibleShare"], person["boxPx"], PERSON_LEAST)
                people.append([share, *head["middlePx"], *corners(person["boxPx"]), *person["floorPx"]])
            for hand in person["hands"]:
                if hand["boxPx"]:
                    left, top, right, bottom = corners(hand["boxPx"])
                    middle = ((left + right) / 2, (top + bottom) / 2)
                    share = sized(hand["visibleShare"], hand["boxPx"], HAND_LEAST)
                    hands.append([share, *middle, left, top, right, bottom])
        return rows_of(people, 9), rows_of(hands, 7)


def sized(share, box, least):
    return share if max(box[2:]) >= least else min(share, (SURE + UNSURE) / 2)


def rows_of(rows, columns):
    return np.array(rows, np.float32).reshape(-1, columns)


def corners(box):
    left, top, width, height = box
    return left, top, left + width, top + height


def targets(examples, stride, sigma):
    """Heat map, weight of each cell of it, and (row, column, nearness, example) whose distances are learned."""
    columns, rows = WIDTH // stride, HEIGHT // stride
    heat, weight = np.zeros((rows, columns), np.float32), np.ones((rows, columns), np.float32)
    ys, xs = np.mgrid[0:rows, 0:columns] + 0.5
    whose = np.full((rows, columns), -1)
    for number, example in enumerate(examples):
        share, x, y = example[0], example[1] / stride, example[2] / stride
        if not (0 <= x < columns and 0 <= y < rows) or share < UNSURE:
            continue
        near = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * sigma**2)).astype(np.float32)
        if share < SURE:
            weight[near > 0.3] = 0
            continue
        column, row = int(x), int(y)
        near[row, column] = 1
        whose[(near > heat) & (near > NEAR)] = number
        heat = np.maximum(heat, near)
    weight[heat == 1] = 1
    learned = np.argwhere(whose >= 0)
    return heat, weight, [(row, column, heat[row, column], examples[whose[row, column]]) for row, column in learned]


def heat_loss(logits, heat, weight):
    """Focal loss of CenterNet (arXiv 1904.07850): what lies beside a middle is nearly right."""
    score = torch.sigmoid(logits).clamp(1e-5, 1 - 1e-5)
    is_middle = (heat == 1).float()
    hit = -torch.log(score) * (1 - score) ** 2 * is_middle
    miss = -torch.log(1 - score) * score**2 * (1 - heat) ** 4 * (1 - is_middle)
    return ((hit + miss) * weight).sum() / is_middle.sum().clamp(min=1)


def distance_loss(maps, batch_pairs, stride, unit, wanted_of):
    """(of all distances, of the boxes): pixels matter to points, the share in common to boxes, however small."""
    index, wanted, nearness = [], [], []
    for n, pairs in enumerate(batch_pairs):
        for row, column, near, example in pairs:
            index.append((n, row, column))
            nearness.append(near)
            wanted.append(wanted_of(example, (column + 0.5) * stride, (row + 0.5) * stride))
    if not index:
        return maps.sum() * 0, maps.sum() * 0
    n, row, column = torch.tensor(index).T
    trust = torch.tensor(nearness)
    trust = trust / trust.sum()
    found = maps[n, 1:, row, column]
    # A little slope below 0, for what is there to learn its way up again.
    found = torch.cat([F.leaky_relu(found[:, :4], 0.05), found[:, 4:]], 1)
    wanted = torch.tensor(np.array(wanted, np.float32)) / unit
    off = F.smooth_l1_loss(found, wanted, beta=0.1, reduction="none").mean(1)
    return (off * trust).sum(), (box_loss(found[:, :4], wanted[:, :4]) * trust).sum()


def box_loss(found, wanted):
    """Generalised intersection over union (arXiv 1902.09630) of boxes given by distances from one cell; 0: alike.

    A cell may lie outside the box that it means: then a distance is 0, and the box is taken to reach to the cell.
    """
    left, top, right, bottom = torch.minimum(found, wanted).unbind(1)
    shared = (left + right) * (top + bottom)
    area = lambda sides: (sides[:, 0] + sides[:, 2]) * (sides[:, 1] + sides[:, 3])
    union = area(found) + area(wanted) - shared + 1e-4
    around = area(torch.maximum(found, wanted)) + 1e-4
    return 1 - shared / union + (around - union) / around


def person_distances(example, x, y):
    _, head_x, head_y, left, top, right, bottom, floor_x, floor_y = example
    sides = [max(0, x - left), max(0, y - top), max(0, right - x), max(0, bottom - y)]
    return [*sides, head_x - x, head_y - y, floor_x - x, floor_y - y]


def hand_distances(example, x, y):
    _, _, _, left, top, right, bottom = example
    return [max(0, x - left), max(0, y - top), max(0, right - x), max(0, bottom - y)]


def varied(pixels, people, hands, random):
    """Mirrors, and changes what real cameras differ in: exposure, contrast, colour, focus, noise."""
    picture = pixels.astype(np.float32)
    if random.random() < 0.5:
        picture = picture[:, ::-1]
        people, hands = people.copy(), hands.copy()
        for rows in (people, hands):
            rows[:, 1] = WIDTH - rows[:, 1]
            rows[:, [3, 5]] = WIDTH - rows[:, [5, 3]]
        people[:, 7] = WIDTH - people[:, 7]
    if random.random() < 0.4:
        grey = picture.mean(2, keepdims=True)
        picture = grey + (picture - grey) * random.uniform(0, 1.2)
    mean = picture.mean()
    picture = (picture - mean) * random.uniform(0.7, 1.3) + mean * random.uniform(0.7, 1.35)
    picture = picture * random.uniform(0.92, 1.08, 3).astype(np.float32)
    if random.random() < 0.35:
        picture[:, 1:] = (picture[:, 1:] + picture[:, :-1]) / 2
        picture[1:] = (picture[1:] + picture[:-1]) / 2
    if random.random() < 0.3:
        noise = random.standard_normal((HEIGHT, WIDTH, 1), np.float32)
        picture = picture + noise * random.uniform(1, 8)
    picture = np.clip(picture, 0, 255)
    if random.random() < 0.4:
        picture[WIDE_HEIGHT:] = PADDING
        people, hands = (within(rows, WIDE_HEIGHT) for rows in (people, hands))
    return picture, people, hands


def within(rows, height):
    rows = rows[(rows[:, 2] < height) & (rows[:, 4] < height)].copy()
    rows[:, 6] = np.minimum(rows[:, 6], height)
    return rows


def batch_of(pictures, indices, random):
    inputs, people_targets, hand_targets = [], [], []
    for index in indices:
        people, hands = pictures.examples(index)
        pixels = pictures.pixels[index]
        if random is not None:
            pixels, people, hands = varied(pixels, people, hands, random)
        inputs.append(np.asarray(pixels, np.float32))
        people_targets.append(targets(people, PERSON_STRIDE, 0.9))
        hand_targets.append(targets(hands, HAND_STRIDE, 0.8))
    # Colours pixel by pixel, as they lie in the files, train a third faster than planes.
    inputs = torch.from_numpy(np.stack(inputs)).permute(0, 3, 1, 2)
    return normalised(inputs), people_targets, hand_targets


def normalised(inputs):
    """As the model's definition says it: mean and deviation of each colour."""
    return (inputs - 114) / 58


def loss_of(detector, batch, distance_weight):
    inputs, people_targets, hand_targets = batch
    people, hands = detector(inputs)
    total = 0
    for maps, wanted, stride, unit, distances in (
        (people, people_targets, PERSON_STRIDE, PERSON_UNIT, person_distances),
        (hands, hand_targets, HAND_STRIDE, HAND_UNIT, hand_distances),
    ):
        heat = torch.from_numpy(np.stack([heat for heat, _, _ in wanted]))
        weight = torch.from_numpy(np.stack([weight for _, weight, _ in wanted]))
        pairs = [pairs for _, _, pairs in wanted]
        total = total + heat_loss(maps[:, 0], heat, weight)
        off, boxes = distance_loss(maps, pairs, stride, unit, distances)
        total = total + distance_weight * off + BOX_WEIGHT * boxes
    return total


def train(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(options.seed)
    pictures = Pictures(options.pictures)
    detector = Detector().to(memory_format=torch.channels_last)
    print(sum(p.numel() for p in detector.parameters()), "parameters,", len(pictures.labels), "pictures")
    steps = options.steps
    optimiser = torch.optim.AdamW(detector.parameters(), lr=options.rate, weight_decay=1e-4)
    if options.start:
        start = torch.load(options.start)
        # The first two trainings knew no averages.
        detector.load_state_dict(start.get("averaged", start["detector"]))
    averaged = deepcopy(detector)
    done, state_file = 0, Path(options.state)
    if state_file.exists():
        state = torch.load(state_file)
        done = state["done"]
        detector.load_state_dict(state["detector"])
        averaged.load_state_dict(state["averaged"])
        optimiser.load_state_dict(state["optimiser"])
    # What was drawn before a pause is drawn again, so that pauses change nothing.
    epoch_steps = len(pictures.labels) // options.batch
    orders = [random.permutation(len(pictures.labels)) for _ in range(steps // epoch_steps + 1)]
    started, mean = time.monotonic(), None
    detector.train()
    while done < steps and time.monotonic() - started < options.minutes * 60:
        epoch, step = divmod(done, epoch_steps)
        indices = orders[epoch][step * options.batch : (step + 1) * options.batch]
        batch = batch_of(pictures, indices, np.random.default_rng([options.seed, done]))
        loss = loss_of(detector, batch, options.distance_weight)
        for group in optimiser.param_groups:
            group["lr"] = options.rate * share_of_rate(done / steps)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(detector.parameters(), 10)
        optimiser.step()
        done += 1
        average(averaged, detector, done)
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if done % 50 == 0:
            print(f"step {done}/{steps}, loss {mean:.3f}, {time.monotonic() - started:.0f} s", flush=True)
            save(state_file, done, detector, averaged, optimiser)
    save(state_file, done, detector, averaged, optimiser)
    export(averaged, options.out)


def share_of_rate(progress):
    """Up for the first twentieth, then down along a half cosine."""
    warm = 0.05
    if progress < warm:
        return 0.1 + 0.9 * progress / warm
    return 0.005 + 0.995 * (1 + math.cos(math.pi * (progress - warm) / (1 - warm))) / 2


def average(averaged, detector, done):
    """What is exported is the mean of the last steps' weights: it errs less than those of any one step."""
    keep = min(AVERAGED_KEEP, done / (done + 10))
    with torch.no_grad():
        for mean, value in zip(averaged.state_dict().values(), detector.state_dict().values()):
            if mean.is_floating_point():
                mean.mul_(keep).add_(value, alpha=1 - keep)
            else:
                mean.copy_(value)


def save(path, done, detector, averaged, optimiser):
    parts = {"detector": detector, "averaged": averaged, "optimiser": optimiser}
    torch.save({"done": done, **{name: part.state_dict() for name, part in parts.items()}}, path)


def export(detector, path):
    detector.eval()
    torch.onnx.export(
        Exported(detector),
        torch.zeros(1, 3, HEIGHT, WIDTH),
        path,
        input_names=["picture"],
        output_names=["found"],
        opset_version=13,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", required=True, nargs="+", help="folders of aisle render-pictures")
    parser.add_argument("--out", required=True, help="the model, an ONNX file")
    parser.add_argument("--state", required=True, help="where it keeps what it needs to go on after a pause")
    parser.add_argument("--start", help="the state of an earlier training, to begin with its weights")
    parser.add_argument("--minutes", type=float, default=1e9, help="pauses after so many; run it again to go on")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--distance-weight", type=float, default=2, help="of boxes and points beside the heat maps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
