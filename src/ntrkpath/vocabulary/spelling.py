"""One key for every spelling of a tumour's name: British or American, singular or plural, in any word order."""

from __future__ import annotations

import re
import unicodedata

_POSSESSIVE = re.compile(r"['\u2019](?:s\b)?")
_WORD = re.compile(r"[a-z0-9]+")

# British to American inside a word, in this order.
_AMERICAN = (
    ("tumour", "tumor"), ("haem", "hem"), ("oedema", "edema"), ("paed", "ped"), ("oesoph", "esoph"), ("phaeo", "pheo"),
    ("leukaem", "leukem"), ("phylloid", "phyllod"), ("epitheloid", "epithelioid"), ("ising", "izing"),
    ("isation", "ization"),
)  # fmt: skip

# Words that together are one word (or none), wherever they stand.
_PHRASES = ((frozenset(("not", "otherwise", "specified")), ""), (frozenset(("central", "nervous", "system")), "cns"))

#: Words of the extent of disease: they do not change the histology, and are not read as the extent either.
STAGE = frozenset(("metastatic", "recurrent", "relapsed", "unresectable", "advanced", "locally"))
# Words that do not change the histology: fill words, and those of the extent of disease.
_SILENT = STAGE | frozenset((
    "nos", "of", "the", "a", "an", "in", "and", "type", "variant", "subtype", "unspecified", "uteri", "primary",
))  # fmt: skip

# A site as noun and as adjective, to one word.
_SITE = {
    "uterus": "uterine", "cervix": "cervical", "skin": "cutaneous", "dermal": "cutaneous", "stomach": "gastric",
    "liver": "hepatic", "kidney": "renal", "heart": "cardiac", "lung": "pulmonary", "mammary": "breast",
    "prostatic": "prostate", "osseous": "bone", "skeletal": "bone", "bony": "bone", "ovary": "ovarian",
    "vagina": "vaginal", "retroperitoneum": "retroperitoneal", "peritoneum": "peritoneal", "bowel": "intestinal",
    "colonic": "colon", "rectum": "rectal", "brain": "cns", "spleen": "splenic", "orbit": "orbital",
    "pleura": "pleural", "meninges": "meningeal", "pelvis": "pelvic", "abdomen": "abdominal", "gluteus": "gluteal",
}  # fmt: skip


def american(text: str) -> str:
    """Return ``text`` in lower case, without accents and possessives, in American spelling.

    Args:
        text: A name as written.
    """
    text = text.casefold()
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    if "'" in text or "\u2019" in text:
        text = _POSSESSIVE.sub("", text)
    for british, us in _AMERICAN:
        if british in text:
            text = text.replace(british, us)
    return text


def stage_of(text: str) -> str:
    """Return the words of the extent of disease in a name, as they stand; empty where there is none."""
    return " ".join(word for word in american(text).replace(",", " ").split() if word in STAGE)


def _singular(word: str) -> str:
    # Five letters or fewer are left alone: LMS, ULMS and DDLPS are no plurals.
    if len(word) > 5 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def words(text: str) -> list[str]:
    """Return the words of a name that carry meaning, each in its one form, in the order written.

    ``NOS`` and its long form, articles and ``type`` are dropped; a name made of nothing else gives no words.

    Args:
        text: A name as written.
    """
    written = _WORD.findall(american(text))
    for phrase, word in _PHRASES:
        if phrase.issubset(written):
            written = [word] * bool(word) + [other for other in written if other not in phrase]
    kept = []
    for word in written:
        word = _SITE.get(word, word)
        if word not in _SILENT:
            kept.append(_singular(word))
    return kept


def key_of(parts: list[str]) -> str:
    """Return the key of a name: its words sorted, so that word order does not matter.

    Args:
        parts: The words, from :func:`words`.
    """
    return " ".join(sorted(parts))
