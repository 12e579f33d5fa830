"""Pictures of our own: styles that consoles show and the npm generators do not draw.

Every style returns (RGB picture, label, centres), centres being where each character stands, as a share of the width.
"""
import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = "abcdefghijklmnopqrstuvwxyz"
OPERATORS = "+-×÷=?*/"
CHINESE = "零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾加上减去乘除以等于几"
CHARSET = DIGITS + UPPER + LOWER + OPERATORS + CHINESE

ROOT = "/usr/share/fonts/"
LATIN = [ROOT + p for p in (
    "truetype/noto/NotoMono-Regular.ttf", "truetype/noto/NotoSansMono-Regular.ttf", "truetype/noto/NotoSansMono-Bold.ttf",
    "truetype/dejavu/DejaVuSans.ttf", "truetype/dejavu/DejaVuSans-Bold.ttf", "truetype/dejavu/DejaVuSerif.ttf",
    "truetype/dejavu/DejaVuSansMono.ttf", "truetype/dejavu/DejaVuSansMono-Bold.ttf", "truetype/dejavu/DejaVuSerif-Bold.ttf",
    "truetype/liberation/LiberationSans-Regular.ttf", "truetype/liberation/LiberationSans-Bold.ttf",
    "truetype/liberation/LiberationSans-Italic.ttf", "truetype/liberation/LiberationSerif-Regular.ttf",
    "truetype/liberation/LiberationSerif-Bold.ttf", "truetype/liberation/LiberationMono-Regular.ttf",
    "truetype/liberation/LiberationMono-Bold.ttf", "truetype/liberation/LiberationSerif-BoldItalic.ttf",
    "opentype/comic-neue/ComicNeue-Regular.otf", "opentype/comic-neue/ComicNeue-Bold.otf", "truetype/humor-sans/Humor-Sans.ttf",
    "truetype/freefont/FreeSans.ttf", "truetype/freefont/FreeSerif.ttf", "truetype/freefont/FreeSansBold.ttf",
    "opentype/urw-base35/URWBookman-Demi.otf", "opentype/urw-base35/URWGothic-Demi.otf", "opentype/urw-base35/C059-Bold.otf",
    "truetype/wqy/wqy-microhei.ttc", "truetype/wqy/wqy-zenhei.ttc")]
HAN = [(ROOT + p, i) for p, i in (
    ("opentype/noto/NotoSansCJK-Regular.ttc", 2), ("opentype/noto/NotoSansCJK-Bold.ttc", 2), ("opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("truetype/wqy/wqy-microhei.ttc", 0), ("truetype/wqy/wqy-zenhei.ttc", 0), ("truetype/arphic/ukai.ttc", 0), ("truetype/arphic/uming.ttc", 0))]
# Monospaced and plain, like the face that the pictures of Python's captcha library are drawn with.
MONO = [ROOT + "truetype/noto/NotoMono-Regular.ttf"] * 5 + [ROOT + "truetype/noto/NotoSansMono-Regular.ttf", ROOT + "truetype/dejavu/DejaVuSans.ttf"]

_fonts = {}


def font(path, size, index=0):
    key = (path, size, index)
    if key not in _fonts:
        if len(_fonts) > 800:
            _fonts.clear()
        _fonts[key] = ImageFont.truetype(path, size, index=index)
    return _fonts[key]


def glyph(ch, face, angle=0.0, shear=0.0, stretch=1.0, warp=0.0, stroke=0):
    """The character's mask, cut to its ink's advance box, turned and bent."""
    left, top, right, bottom = face.getbbox(ch, stroke_width=stroke)
    w, h = max(2, right - left), max(2, bottom - top)
    mask = Image.new("L", (w + 4, h + 4))
    ImageDraw.Draw(mask).text((2 - left, 2 - top), ch, fill=255, font=face, stroke_width=stroke)
    if shear or stretch != 1.0:
        wide = max(3, int(mask.width * stretch + shear * mask.height))
        mask = mask.transform((wide, mask.height), Image.AFFINE, (1 / stretch, shear / stretch, -shear * mask.height / stretch, 0, 1, 0), Image.BILINEAR)
    if angle:
        mask = mask.rotate(angle, Image.BILINEAR, expand=True)
    if warp:
        w, h = mask.size
        dx, dy = w * random.uniform(0.05, warp), h * random.uniform(0.05, warp)
        j = lambda d: random.uniform(-d, d)
        x1, y1, x2, y2 = j(dx), j(dy), j(dx), j(dy)
        big = Image.new("L", (int(w + abs(x1) + abs(x2)), int(h + abs(y1) + abs(y2))))
        big.paste(mask, (int(abs(x1)), int(abs(y1))))
        bw, bh = big.size
        big = big.transform((w, h), Image.QUAD, (x1, y1, -x1, bh - y2, bw + x2, bh + y2, bw - x2, -y1), Image.BILINEAR)
        mask = big
    return mask


def shade(low, high):
    return tuple(random.randint(low, high) for _ in range(3))


def word(kind=None):
    kind = kind or random.choices(("upper", "lower", "mixed", "digits"), (45, 25, 15, 15))[0]
    size = random.choices((4, 5, 6, 3), (60, 20, 15, 5))[0]
    charset = {"upper": DIGITS + UPPER, "lower": DIGITS + LOWER, "digits": DIGITS,
               "mixed": "23456789ABCDEFGHJKLMNPQRTUVWXYZabdefghijkmnpqrty"}[kind]
    return "".join(random.choice(charset) for _ in range(size))


def python_like():
    """Turned, bent characters that overlap, one thin arc, thick dots, all softened."""
    w, h = 160, 60
    text = "".join(random.choice(DIGITS + UPPER) for _ in range(4)) if random.random() < 0.85 else word()
    back, ink = shade(235, 255), shade(10, 200)
    opacity = min(1.0, 1.97 * (0.3 * ink[0] + 0.59 * ink[1] + 0.11 * ink[2]) / 255 * random.uniform(0.8, 1.1))
    path = random.choice(MONO) if random.random() < 0.8 else random.choice(LATIN)
    masks = []
    for ch in text:
        face = font(path, random.choice((42, 46, 50, 54, 58, 62)))
        masks.append(glyph(ch, face, random.uniform(-30, 30), random.choice((0, 0, 0.2)), random.uniform(0.85, 1.15), 0.28, random.choice((0, 1, 1, 2))))
    total = sum(m.width for m in masks) + random.randint(-4, 8) * len(masks)
    canvas = Image.new("RGB", (max(total, w), h), back)
    average = total / len(text)
    at, centres = average * random.uniform(0, 0.15), []
    for m in masks:
        m2 = m.point(lambda v: int(v * opacity))
        canvas.paste(Image.new("RGB", m.size, ink), (int(at), int((h - m.height) / 2 + random.randint(-2, 3))), m2)
        centres.append((at + m.width / 2) / canvas.width)
        at += m.width + random.uniform(-0.35 * average, random.choice((0, 0, 6)))
    canvas = canvas.resize((w, h), Image.BICUBIC) if canvas.width > w else canvas
    draw = ImageDraw.Draw(canvas)
    for _ in range(random.choice((1, 1, 1, 2))):
        x1, x2 = random.randint(0, w // 5), random.randint(w - w // 5, w)
        y1 = random.randint(h // 5, h - h // 5)
        y2 = random.randint(y1, h - h // 5)
        if random.random() < 0.9:
            draw.arc((x1, y1, x2, max(y1 + 1, y2)), random.randint(0, 20), random.randint(160, 200), fill=ink)
    for _ in range(random.randint(10, 40)):
        x, y = random.randint(0, w), random.randint(0, h)
        draw.line((x, y, x - 1, y - 1), fill=ink, width=random.choice((2, 3, 3)))
    if random.random() < 0.9:
        canvas = canvas.filter(ImageFilter.SMOOTH)
    return canvas, text, centres


def ground(w, h, dark):
    back = shade(0, 70) if dark else shade(200, 255)
    picture = Image.new("RGB", (w, h), back)
    if random.random() < 0.2:
        other = shade(0, 70) if dark else shade(200, 255)
        ramp = Image.linear_gradient("L").resize((w, h)).rotate(random.choice((0, 90, 180)), expand=False)
        picture.paste(Image.new("RGB", (w, h), other), (0, 0), ramp)
    if random.random() < 0.15:
        grain = Image.effect_noise((w, h), random.uniform(10, 40))
        picture = Image.blend(picture, Image.merge("RGB", (grain,) * 3), random.uniform(0.05, 0.3))
    return picture


def scratch(picture, inks, count):
    draw, (w, h) = ImageDraw.Draw(picture), picture.size
    for _ in range(count):
        ink = random.choice(inks) if random.random() < 0.6 else shade(0, 255)
        if random.random() < 0.5:
            draw.line((random.randint(0, w // 2), random.randint(0, h), random.randint(w // 2, w), random.randint(0, h)), fill=ink, width=random.choice((1, 1, 2)))
        else:
            amp, phase, wave = random.uniform(2, h / 3), random.uniform(0, 6.3), random.uniform(0.5, 2.5)
            middle, slope = random.uniform(h * 0.2, h * 0.8), random.uniform(-0.15, 0.15)
            draw.line([(x, middle + slope * (x - w / 2) + amp * math.sin(phase + wave * 6.3 * x / w)) for x in range(0, w, 3)], fill=ink, width=random.choice((1, 1, 2)))


def specks(picture, count):
    draw, (w, h) = ImageDraw.Draw(picture), picture.size
    for _ in range(count):
        x, y, r = random.randint(0, w), random.randint(0, h), random.choice((0, 0, 1))
        draw.rectangle((x, y, x + r, y + r), fill=shade(0, 255))


def ripple(picture):
    """A sine along one axis, as Kaptcha and many others do."""
    w, h = picture.size
    amp, wave, phase = random.uniform(1, h * 0.08), random.uniform(0.6, 2), random.uniform(0, 6.3)
    step = max(2, w // 24)
    mesh = []
    for x in range(0, w, step):
        x2 = min(w, x + step)
        a, b = (amp * math.sin(phase + wave * 6.3 * v / w) for v in (x, x2))
        mesh.append(((x, 0, x2, h), (x, a, x, h + a, x2, h + b, x2, b)))
    back = picture.getpixel((0, 0))
    wide = Image.new("RGB", (w, h), back)
    wide.paste(picture)
    return wide.transform((w, h), Image.MESH, mesh, Image.BILINEAR, fillcolor=back)


def finish(picture):
    if random.random() < 0.25:
        picture = picture.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 1.0)))
    if random.random() < 0.25:
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=random.randint(35, 90))
        picture = Image.open(held).convert("RGB")
    return picture


def line_of(text, faces, turn, inside, dark):
    """Characters side by side on a ground, with what most consoles add."""
    h = random.randint(24, 72)
    size = h * random.uniform(0.5, 0.85)
    one = random.random() < 0.5
    ink = shade(160, 255) if dark else shade(0, 150)
    inks, masks = [], []
    bend = random.random() < 0.3
    same = random.choice(faces)
    for ch in text:
        path, index = same if random.random() < 0.8 else random.choice(faces)
        face = font(path, max(12, int(size * random.uniform(0.85, 1.1))), index)
        inks.append(ink if one else (shade(160, 255) if dark else shade(0, 150)))
        masks.append(glyph(ch, face, random.uniform(-turn, turn) if turn else 0, random.choice((0, 0, 0.2, 0.35)) if inside else 0,
                           random.uniform(0.85, 1.2), 0.2 if bend else 0, random.choice((0, 0, 0, 1))))
    gap = size * (random.uniform(-0.22, 0.1) if random.random() < 0.35 else random.uniform(-0.08, 0.35))
    total = sum(m.width for m in masks) + gap * (len(masks) - 1)
    w = int(max(total * random.uniform(1.05, 1.5), h * 1.8, total + 6))
    picture = ground(w, h, dark)
    if random.random() < 0.5:
        scratch(picture, inks, random.randint(0, 4))
    at, centres = random.uniform(2, max(2.5, w - total - 2)), []
    for m, colour in zip(masks, inks):
        y = (h - m.height) / 2 + random.uniform(-0.08, 0.08) * h
        picture.paste(Image.new("RGB", m.size, colour), (int(at), int(y)), m)
        centres.append((at + m.width / 2) / w)
        at += m.width + gap
    scratch(picture, inks, random.choice((0, 0, 1, 1, 2, 3)))
    specks(picture, random.choice((0, 0, 20, 60, 130, 200)) * w * h // 8000)
    if random.random() < 0.25:
        picture = ripple(picture)
    return finish(picture), text, centres


def common():
    return line_of(word(), [(p, 0) for p in LATIN], random.choice((0, 8, 20, 30)), True, random.random() < 0.12)


NUMERALS = ("零一二三四五六七八九十", "零壹贰叁肆伍陆柒捌玖拾")


def arithmetic():
    faces = [(p, 0) for p in LATIN]
    if random.random() < 0.35:
        digits = random.choice(NUMERALS)
        sign = random.choice(("加", "加上", "减", "减去", "乘", "乘以", "除以", "除", "+", "-", "×", "÷"))
        text = random.choice(digits) + sign + random.choice(digits) + random.choice(("等于", "等于几", "=", "=?", "等于?", ""))
        faces = HAN
    elif random.random() < 0.15:
        text = random.choice(DIGITS) + random.choice("加减乘") + random.choice(DIGITS) + random.choice(("等于", "等于?", "=?"))
        faces = HAN
    else:
        top = random.choice((9, 9, 20, 99))
        text = str(random.randint(0, top)) + random.choice("+++---××*÷/") + str(random.randint(0, top)) + random.choice(("=?", "=?", "=", ""))
        if random.random() < 0.2:
            faces = HAN
    return line_of(text, faces, random.choice((0, 0, 8, 15, 25)), False, random.random() < 0.12)


STYLES = {"python-like": python_like, "common": common, "arithmetic": arithmetic}
