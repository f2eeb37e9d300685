"""Text that holds a secret: what must never be kept as a fact, whoever says it."""

from __future__ import annotations

import re

_NAMED = re.compile(
    r"\b(?:pass ?words?|pass ?phrases?|pwd|pin(?: ?(?:code|number|nummer))?|cvv|cvc|api[ -]?keys?"
    r"|pass ?codes?|(?:access|auth|bearer|refresh|session)[ -]?tokens?|tokens?|secrets?|secret keys?"
    r"|private keys?|seed phrases?|recovery (?:codes?|phrases?)|credentials?|log-?ins?"
    r"|iban|ssn|social security|sort codes?"
    r"|(?:credit|debit|bank) ?cards?|card numbers?|account numbers?|routing numbers?|passport numbers?"
    r"|licen[cs]e numbers?|tax (?:ids?|numbers?)|otp|2fa"
    r"|passw[oö]rt(?:er)?|kennw[oö]rt(?:er)?|geheimzahl|zugangsdaten|zugangscode|kreditkarten?\w*"
    r"|bankkarten?\w*|kartennummer|kontonummer|steuernummer|steuer-id|ausweisnummer|reisepassnummer|tan"
    r"|sozialversicherungsnummer|schlüsselwort"
    r"|mots? de passe|code (?:secret|pin|confidentiel)|identifiants?|carte (?:bancaire|bleue|de crédit)"
    r"|numéro de (?:carte|compte|sécurité sociale|passeport)|clé (?:api|secrète|privée)"
    r"|contraseñas?|contrasenas?|clave(?:s)?|código (?:pin|secreto)|tarjeta(?: de crédito| de débito)?"
    r"|número de (?:tarjeta|cuenta|pasaporte|la seguridad social)|dni|nif|nie)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){11,}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_TOKEN = re.compile(r"\b(?=[\w\-./+=]*\d)(?=[\w\-./+=]*[A-Za-z])[A-Za-z0-9_\-/+=.]{20,}")
_PREFIX = re.compile(r"\b(?:sk-|pk-|ghp_|gho_|github_pat_|glpat-|xox[abp]-|AKIA|ASIA|eyJ)[\w\-]{6,}")
_LINK = re.compile(r"https?://\S+")


def holds_secret(text: str) -> bool:
    """Whether a text names or holds a password, a key, or the number of a card, account or document."""
    if _NAMED.search(text):
        return True
    plain = _LINK.sub(" ", text)
    return any(p.search(plain) for p in (_DIGITS, _IBAN, _SSN, _TOKEN, _PREFIX))
