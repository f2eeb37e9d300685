"""Interface texts in other languages: gettext catalogues under assets/locale, as the JSON that i18n.js reads.

English stands in the code itself. A catalogue is `<language>.po`.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

FOLDER = "locale"


def compiled(path: Path) -> bytes:
    """The catalogue as JSON: `{"language", "texts": {msgid: text or [plural forms]}}`.

    What is not translated is left out, so that English shows.

    Raises:
        babel.messages.pofile.PoFileError: it is not a catalogue.
    """
    from babel.messages.pofile import read_po

    catalogue = read_po(io.BytesIO(path.read_bytes()), abort_invalid=True)
    texts: dict[str, Any] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        several = not isinstance(message.id, str)
        if several and all(message.string or ("",)):
            texts[message.id[0]] = [*(message.string or ())]
        elif not several and message.string:
            texts[str(message.id)] = message.string
    found = {"language": path.stem, "texts": texts}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
