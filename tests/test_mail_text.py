"""The words of a mail, decoded."""

from email.message import EmailMessage

from noc_tui.mail_text import read_plain_text


def test_the_plain_part_is_read_without_its_encoding() -> None:
    mail = EmailMessage()
    mail.set_content("Expéditeur : Exemple", cte="quoted-printable")
    mail.add_alternative("<p>Expéditeur</p>", subtype="html")
    assert read_plain_text(bytes(mail)).strip() == "Expéditeur : Exemple"
    assert read_plain_text(b"Content-Type: text/html\n\n<p>x</p>") == ""
