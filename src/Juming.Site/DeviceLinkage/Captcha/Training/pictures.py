"""Turns pictures into what the network sees, and makes the files that train.py reads.

nice -n 15 python3 pictures.py OUT_DIR SEED CHUNKS        one chunk is about 4,400 pictures
python3 pictures.py --png OUT_DIR SEED COUNT              our own styles as PNG files with labels.jsonl, to look at and to calibrate with
"""
import base64
import io
import json
import os
import random
import re
import subprocess
import sys

import cairosvg
import numpy as np
from PIL import Image

from styles import STYLES

HEIGHT, WIDTH = 40, 120
HERE = os.path.dirname(os.path.abspath(__file__))

# Per chunk. The generators as the benchmark uses them, the same with other settings, and our own styles.
NPM = {"svg4": 560, "svg4-plain": 220, "svg-math": 80, "svg-math-minus": 90, "svg-any": 380, "svg-math-any": 180,
       "trek5-gif": 420, "trek-any": 160, "cgif": 420, "cgif-any": 160}
OWN = {"python-like": 700, "common": 550, "arithmetic": 450}


def features(picture):
    """One channel: how far each pixel is from the ground's colour (the median), stretched to 255, 120 x 40.

    CaptchaPixels.cs does the same; a change here is a change there.
    """
    if picture.mode != "RGB":
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        white.alpha_composite(picture)
        picture = white.convert("RGB")
    a = np.asarray(picture, dtype=np.int16)
    ground = np.median(a.reshape(-1, 3), axis=0).astype(np.int16)
    far = np.abs(a - ground).max(axis=2).astype(np.float32)
    far *= 255.0 / max(32.0, float(far.max()))
    return np.asarray(Image.fromarray(far.astype(np.uint8)).resize((WIDTH, HEIGHT), Image.BILINEAR))


def of_npm(line):
    row = json.loads(line)
    if "gif" in row:
        return features(Image.open(io.BytesIO(base64.b64decode(row["gif"])))), row["shown"], None
    picture = Image.open(io.BytesIO(cairosvg.svg2png(row["svg"].encode())))
    count = len(row["shown"])
    return features(picture), row["shown"], [(i + 1) / (count + 1) for i in range(count)]


def chunk(seed):
    random.seed(seed)
    np.random.seed(seed & 0x7FFFFFFF)
    rows = []
    npm = subprocess.run(["node", os.path.join(HERE, "generate.mjs"), str(seed)] + [f"{k}={n}" for k, n in NPM.items()],
                         check=True, capture_output=True, text=True)
    for line in npm.stdout.splitlines():
        x, text, centres = of_npm(line)
        rows.append((x, json.loads(line)["kind"], text, centres))
    for kind, count in OWN.items():
        for _ in range(count):
            picture, text, centres = STYLES[kind]()
            rows.append((features(picture), kind, text, centres))
    return rows


def save(rows, path):
    meta = json.dumps([(kind, text, centres and [round(c, 3) for c in centres]) for _, kind, text, centres in rows])
    held = path + ".part"
    with open(held, "wb") as out:
        np.savez(out, x=np.stack([r[0] for r in rows]), meta=np.array(meta))
    os.replace(held, path)


def drawn(folder, seed, count):
    random.seed(seed)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "labels.jsonl"), "w") as labels:
        for kind, style in STYLES.items():
            for i in range(count):
                picture, text, _ = style()
                picture.save(os.path.join(folder, f"{kind}-{i}.png"))
                labels.write(json.dumps({"file": f"{kind}-{i}.png", "text": text, "kind": kind}, ensure_ascii=False) + "\n")


if __name__ == "__main__" and sys.argv[1] == "--png":
    drawn(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
elif __name__ == "__main__":
    folder, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(folder, exist_ok=True)
    for i in range(count):
        save(chunk(first + i), os.path.join(folder, f"{first + i}.npz"))
        print(first + i, flush=True)
