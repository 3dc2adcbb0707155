"""Languages by their two-letter codes (ISO 639-1): `fr` where French was said."""

from button.checks.text import vocabulary

_NAMES = {
    "ar": "arabic 阿拉伯语",
    "bn": "bengali",
    "cs": "czech",
    "da": "danish",
    "de": "german 德语",
    "el": "greek",
    "en": "english 英语 英文",
    "es": "spanish 西班牙语 西班牙",
    "fi": "finnish",
    "fr": "french 法语 法文",
    "he": "hebrew",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian 意大利语",
    "ja": "japanese 日语 日文",
    "ko": "korean 韩语",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese 葡萄牙语",
    "ro": "romanian",
    "ru": "russian 俄语",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "uk": "ukrainian",
    "vi": "vietnamese",
    "zh": "chinese mandarin 中文 汉语",
}
LANGUAGES = {code: vocabulary(names) for code, names in _NAMES.items()}


def is_named(code: str, text: str, spaced_words: str) -> bool:
    """Whether a text names the language of a code."""
    return any(
        f" {name} " in spaced_words if name.isascii() else name in text
        for name in LANGUAGES.get(code, ())
    )
