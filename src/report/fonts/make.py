"""Makes the fonts of this folder again (needs fonttools and brotli):

python3 make.py CJK.ttc WEB_FONTS_DIR Unihan_OtherMappings.txt

CJK.ttc is NotoSansCJK-Regular.ttc of Debian's fonts-noto-cjk, of which the simplified Chinese face is taken;
WEB_FONTS_DIR holds the web's IBM Plex files (dashboards/web/src/assets/fonts); the last is of Unicode 14.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE = 2  # the face's number in the collection
SIGNS = "\u00a0×÷·°±‐‑–—‘’“”…′″←↑→↓−≤≥≠≈€¥■●"
HERE = Path(__file__).parent


def gb2312():
    """Every character of GB 2312, ASCII, and the signs that reports use."""
    points = set(range(0x20, 0x7F)) | {ord(sign) for sign in SIGNS}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return points


def standard(unihan):
    """The 8,105 characters of the table of general standard Chinese characters, in which names are registered."""
    lines = (line.split("\t") for line in unihan.read_text(encoding="utf-8").splitlines())
    return {int(line[0][2:], 16) for line in lines if len(line) == 3 and line[1] == "kTGH"}


def rename(font, name):
    """A changed Plex may not be called Plex (its licence reserves the name)."""
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = name.replace(" ", "") if record.nameID == 6 else name


def make(source, target, points, number=-1, name=None):
    options = subset.Options()
    options.font_number = number
    options.hinting = False
    options.layout_features = []
    options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "VORG", "vhea", "vmtx"]
    font = subset.load_font(str(source), options)
    font.flavor = None
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points or font.getBestCmap().keys())
    subsetter.subset(font)
    if name is not None:
        rename(font, name)
    font["head"].modified = font["head"].created  # the same bytes each time
    font.recalcTimestamp = False
    subset.save_font(font, str(HERE / target), options)
    print(target, (HERE / target).stat().st_size, len(TTFont(HERE / target).getBestCmap()))


collection, web, unihan = map(Path, sys.argv[1:])
make(collection, "noto-sans-sc.otf", gb2312() | standard(unihan), SIMPLIFIED_CHINESE)
make(web / "ibm-plex-sans-latin-400-normal.woff2", "report-sans-400.ttf", None, name="Report Sans")
make(web / "ibm-plex-sans-latin-600-normal.woff2", "report-sans-600.ttf", None, name="Report Sans Semibold")
make(web / "ibm-plex-mono-latin-400-normal.woff2", "report-mono-400.ttf", None, name="Report Mono")
