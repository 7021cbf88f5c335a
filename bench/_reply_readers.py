"""Run by itself, with the libraries beside it: the words of a list of replies (JSON, standard input) as each library
finds them (JSON, standard output).
"""

import json
import sys


def mail_parser_reply(body: str) -> str:
    from mailparser_reply import EmailReplyParser

    read = EmailReplyParser(languages=["en", "es", "de", "fr", "it", "nl", "pl", "sv", "da"]).read(text=body)
    return read.latest_reply or ""


def email_reply_parser(body: str) -> str:
    from email_reply_parser import EmailReplyParser

    return EmailReplyParser.parse_reply(body)


def quotequail(body: str) -> str:
    import quotequail as library

    parts = library.unwrap(body) or {}
    if "text_top" in parts or "text_bottom" in parts:
        return parts.get("text_top", "") or parts.get("text_bottom", "")
    return "\n".join(text for shown, text in library.quote(body) if shown)


READERS = {
    "mail-parser-reply": mail_parser_reply,
    "email-reply-parser": email_reply_parser,
    "quotequail": quotequail,
}


def said(reader, body: str) -> str:
    try:
        return reader(body)
    except Exception as wrong:
        return f"{type(wrong).__name__}: {wrong}"


if __name__ == "__main__":
    bodies = json.load(sys.stdin)
    json.dump({name: [said(reader, body) for body in bodies] for name, reader in READERS.items()}, sys.stdout)
