"""Trains the reader from the files of pictures.py and writes the ONNX model.

nice -n 15 python3 train.py --data DIR --valid FILE --steps N --out captcha.onnx [--checkpoint FILE] [--minutes M]

An interrupted run goes on from its checkpoint. Files that appear in DIR meanwhile are taken up.
"""
import argparse
import collections
import glob
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from PIL import Image

from pictures import HEIGHT, WIDTH
from styles import CHARSET

SEED = 20261127
COLUMNS = 30
BLANK = 0


class Net(nn.Module):
    """Convolutions that halve the height to nothing and leave 30 columns, then a little context along the line."""

    def __init__(self):
        super().__init__()

        def conv(i, o, k=3, **more):
            return nn.Sequential(nn.Conv2d(i, o, k, padding=k // 2, bias=False, **more), nn.BatchNorm2d(o), nn.ReLU(inplace=True))
        self.see = nn.Sequential(
            conv(1, 16, 5, stride=2), conv(16, 32), nn.MaxPool2d(2),
            conv(32, 64), conv(64, 64), nn.MaxPool2d((2, 1)),
            conv(64, 96), conv(96, 96),
            nn.Conv2d(96, 128, (5, 1), bias=False), nn.BatchNorm2d(128), nn.ReLU(inplace=True))
        self.along = nn.Sequential(
            nn.Conv1d(128, 128, 5, padding=2, bias=False), nn.BatchNorm1d(128), nn.ReLU(inplace=True),
            nn.Dropout(0.1), nn.Conv1d(128, len(CHARSET) + 1, 1))

    def forward(self, x):
        return self.along(self.see(x).squeeze(2))


class Pictures:
    """All pictures in memory; new files are added between epochs."""

    def __init__(self, paths):
        self.seen, self.x, self.meta = set(), [], []
        self.add(paths)

    def add(self, paths):
        for path in sorted(set(paths) - self.seen):
            held = np.load(path)
            self.seen.add(path)
            self.x.extend(np.asarray(Image.fromarray(x).resize((WIDTH, HEIGHT), Image.BILINEAR)) for x in held["x"])
            self.meta.extend(json.loads(str(held["meta"])))

    def batch(self, at):
        x = torch.from_numpy(np.stack([self.x[i] for i in at])).float().div_(255).unsqueeze(1)
        return x, [self.meta[i] for i in at]


def moved(x, meta):
    """Shifts, scales and slants; centres move with the picture, characters never leave it by design of the ranges."""
    n = x.shape[0]
    theta = torch.zeros(n, 2, 3)
    sx, sy = torch.empty(n).uniform_(0.94, 1.12), torch.empty(n).uniform_(0.85, 1.2)
    theta[:, 0, 0], theta[:, 1, 1] = sx, sy
    theta[:, 0, 1] = torch.empty(n).uniform_(-0.06, 0.06)
    theta[:, 0, 2], theta[:, 1, 2] = torch.empty(n).uniform_(-0.05, 0.05), torch.empty(n).uniform_(-0.12, 0.12)
    still = torch.rand(n) < 0.4
    theta[still] = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    y = F.grid_sample(x, F.affine_grid(theta, x.shape, align_corners=False), align_corners=False)
    y = y * torch.empty(n, 1, 1, 1).uniform_(0.75, 1.0)
    centres = []
    for i, (_, _, where) in enumerate(meta):
        a, b = float(theta[i, 0, 0]), float(theta[i, 0, 2])
        centres.append(where and [(((2 * c - 1) - b) / a + 1) / 2 for c in where])
    return y, centres


def losses(logits, meta, centres):
    steps = F.log_softmax(logits, 1).permute(2, 0, 1)
    texts = [[CHARSET.index(ch) + 1 for ch in m[1]] for m in meta]
    flat = torch.tensor([k for t in texts for k in t])
    ctc = F.ctc_loss(steps, flat, torch.full((len(meta),), COLUMNS), torch.tensor([len(t) for t in texts]), BLANK, "mean", True)
    rows, columns, wanted = [], [], []
    for i, where in enumerate(centres):
        for c, k in zip(where or [], texts[i]):
            rows.append(i)
            columns.append(min(COLUMNS - 1, max(0, int(c * COLUMNS))))
            wanted.append(k)
    aligned = F.cross_entropy(logits[rows, :, columns], torch.tensor(wanted)) if rows else torch.zeros(())
    return ctc, aligned


def read(logits):
    best = logits.argmax(1).numpy()
    texts = []
    for line in best:
        out, last = [], BLANK
        for k in line:
            if k != last and k != BLANK:
                out.append(CHARSET[k - 1])
            last = k
        texts.append("".join(out))
    return texts


@torch.no_grad()
def validate(net, valid):
    net.eval()
    right, all_ = collections.Counter(), collections.Counter()
    for at in range(0, len(valid.x), 200):
        x, meta = valid.batch(range(at, min(at + 200, len(valid.x))))
        for (kind, text, _), got in zip(meta, read(net(x))):
            all_[kind] += 1
            right[kind] += got == text
    net.train()
    return "  ".join(f"{k} {right[k] / all_[k]:.3f}" for k in all_)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--data", required=True)
    args.add_argument("--valid", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--checkpoint")
    args.add_argument("--steps", type=int, default=4000)
    args.add_argument("--minutes", type=float, default=1e9, help="ends earlier than --steps, with the learning rate brought down all the same")
    args.add_argument("--batch", type=int, default=64)
    args.add_argument("--rate", type=float, default=2.5e-3)
    args.add_argument("--threads", type=int, default=1)
    args.add_argument("--export", action="store_true", help="only write the model of the checkpoint")
    o = args.parse_args()
    torch.manual_seed(SEED)
    random.seed(SEED)
    torch.set_num_threads(o.threads)
    net = Net().to(memory_format=torch.channels_last)
    adam = torch.optim.AdamW(net.parameters(), lr=o.rate, weight_decay=1e-2)
    step, spent = 0, 0.0
    if o.checkpoint and os.path.exists(o.checkpoint):
        held = torch.load(o.checkpoint)
        net.load_state_dict(held["net"])
        adam.load_state_dict(held["adam"])
        step, spent = held["step"], held["spent"]
    if not o.export:
        train(net, adam, step, spent, o)
    net = net.eval().to(memory_format=torch.contiguous_format)
    # The softmax belongs to the model, so that its reader gets probabilities.
    whole = nn.Sequential(net, nn.Softmax(1))
    torch.onnx.export(whole, torch.zeros(1, 1, HEIGHT, WIDTH), o.out, input_names=["picture"], output_names=["columns"], opset_version=13)


def train(net, adam, step, spent, o):
    paths = lambda: glob.glob(os.path.join(o.data, "*.npz"))
    data, valid = Pictures(paths()), Pictures([o.valid])
    order, started, done = [], time.time() - spent, 0.0
    sums = collections.deque(maxlen=100)
    while done < 1:
        if len(order) < o.batch:
            data.add(paths())
            order = list(range(len(data.x)))
            random.shuffle(order)
        at, order = order[:o.batch], order[o.batch:]
        x, meta = data.batch(at)
        x, centres = moved(x, meta)
        warm = min(1.0, (step + 1) / 150)
        for group in adam.param_groups:
            group["lr"] = o.rate * warm * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
        # Half the time on processors that know bfloat16; the weights stay in single precision.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = net(x.contiguous(memory_format=torch.channels_last))
        ctc, aligned = losses(logits.float(), meta, centres)
        loss = ctc + max(0.05, 0.7 - done) * aligned
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        adam.step()
        step += 1
        done = min(1.0, max(step / o.steps, (time.time() - started) / 60 / o.minutes))
        sums.append(float(ctc.detach()))
        if step % 100 == 0:
            print(f"step {step} ctc {sum(sums) / len(sums):.3f} pictures {len(data.x)} seconds {time.time() - started:.0f}", flush=True)
        if step % 500 == 0 or done == 1:
            print(validate(net, valid), flush=True)
            if o.checkpoint:
                torch.save({"net": net.state_dict(), "adam": adam.state_dict(), "step": step, "spent": time.time() - started}, o.checkpoint + ".part")
                os.replace(o.checkpoint + ".part", o.checkpoint)


if __name__ == "__main__":
    main()
