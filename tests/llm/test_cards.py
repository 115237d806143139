"""Character Card V2: what is taken from a card, and what is said about a bad one."""

import base64
import json
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.cards import BadCard, import_card
from llm.cards.png import SIGNATURE, make_chunk, read_chunks
from llm.cards.reading import read_card
from llm.models import Character, CharacterPicture

FIELDS = {
    "name": "Капитан Врунгель",
    "description": "{{char}} — старый моряк. Он рассказывает {{user}} небылицы.",
    "personality": "Хвастун и добряк. Любит чай.",
    "scenario": "Кают-компания яхты «Беда».",
    "first_mes": "Садись, {{user}}! Сейчас <BOT> расскажет правду.",
    "mes_example": "<START>\n{{user}}: Правда?\n{{char}}: Чистая!",
    "system_prompt": "{{original}} Говори как {{char}}.",
    "post_history_instructions": "",
    "alternate_greetings": [],
    "extensions": {},
}


def card(spec="chara_card_v2", spec_version="2.0", **fields):
    data = {key: value for key, value in (FIELDS | fields).items() if value is not None}
    return json.dumps({"spec": spec, "spec_version": spec_version, "data": data}, ensure_ascii=False).encode()


def png(content=None, keyword=b"chara", width=2, height=2, before=()):
    """A real little PNG with a card in it."""
    rows = b"".join(b"\x00" + b"\x10\x80\xf0" * width for _ in range(height))
    embedded = base64.b64encode(card() if content is None else content)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        *before,
        (b"tEXt", keyword + b"\x00" + embedded),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return SIGNATURE + b"".join(make_chunk(kind, body) for kind, body in chunks)


def refusal(data):
    with pytest.raises(BadCard) as caught:
        read_card(data)
    return str(caught.value)


@pytest.mark.django_db
class TestImport:
    def test_json_becomes_a_character_that_is_off(self):
        character = import_card(card())
        assert (character.name, character.slug, character.active) == (
            "Капитан Врунгель",
            "kapitan-vrungel",
            False,
        )
        assert character.tagline == "Хвастун и добряк"
        assert character.greeting == "Садись, друг! Сейчас Капитан Врунгель расскажет правду."

    def test_instructions_have_all_that_the_card_says_with_names_filled_in(self):
        text = import_card(card()).instructions
        assert text.startswith("Говори как Капитан Врунгель.")
        for words in (
            "рассказывает собеседник небылицы",
            "Хвастун",
            "яхты «Беда»",
            "Капитан Врунгель: Чистая!",
        ):
            assert words in text
        assert "{{" not in text

    def test_english_card_speaks_english(self):
        fields = {"name": "Robin Hood", "first_mes": "Well met, {{user}}!", "personality": "A merry outlaw."}
        character = import_card(card(**fields))
        assert character.spoken("greeting", "en") == "Well met, friend!"
        assert character.slug == "robin-hood"

    def test_namesake_gets_a_slug_of_its_own(self):
        slugs = [import_card(card()).slug for _ in range(3)]
        assert slugs == ["kapitan-vrungel", "kapitan-vrungel-2", "kapitan-vrungel-3"]

    def test_name_without_letters_gets_a_slug_too(self):
        assert import_card(card(name="😀")).slug == "character"

    def test_png_brings_its_picture(self, client):
        character = import_card(png())
        answer = client.get(character.picture_url)
        assert answer["Content-Type"] == "image/png"
        assert answer.content.startswith(SIGNATURE)

    def test_served_picture_carries_neither_the_card_nor_other_texts(self):
        import_card(png(before=[(b"tEXt", b"Comment\x00home address"), (b"eXIf", b"GPS")]))
        kinds = [kind for kind, _ in read_chunks(bytes(CharacterPicture.objects.get().content))]
        assert kinds == [b"IHDR", b"IDAT", b"IEND"]

    def test_nobody_is_made_of_a_bad_card(self):
        with pytest.raises(BadCard):
            import_card(card(first_mes=""))
        assert not Character.objects.exists()

    def test_picture_of_nobody_is_404(self, client):
        assert client.get("/characters/nobody.png").status_code == 404


class TestRefusal:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "не JSON и не PNG"),
            (b"GIF89a", "не JSON и не PNG"),
            (b"\xff\xfe", "не в UTF-8"),
            (b"[]", "ждали объект"),
            (b"[" * 100_000, "не JSON"),
            (b"{}", "не Character Card V2"),
            (json.dumps(FIELDS).encode(), "первой версии"),
            (card(spec="chara_card_v3", spec_version="3.0"), "не Character Card V2"),
            (card(spec_version="1.0"), "не Character Card V2"),
            (b'{"spec": "chara_card_v2", "spec_version": "2.0", "data": []}', "не Character Card V2"),
            (card(name=" "), "нет имени"),
            (card(name=None), "нет имени"),
            (card(name=7), "name должно быть строкой"),
            (card(name="я" * 81), "Имя длиннее"),
            (card(first_mes="\x00"), "нет приветствия"),
            (card(first_mes="я" * 4001), "Приветствие длиннее"),
            (card(description="", personality="", system_prompt=""), "кто это"),
            (card(description="я" * 20_001), "длиннее 20000"),
            (b"x" * (5 * 1024 * 1024 + 1), "больше 5 МБ"),
        ],
    )
    def test_bad_json_is_refused_clearly(self, data, words):
        assert words in refusal(data)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (SIGNATURE, "обрезан"),
            (png()[:60], "обрезан"),
            (png()[:-20] + b"\x00" * 20, "Картинка не читается"),
            (png().replace(b"IDAT", b"IDAX"), "повреждён"),
            (png(keyword=b"comment"), "нет карты"),
            (png(keyword=b"ccv3"), "третьей версии"),
            (png(content=b"not json"), "не JSON"),
            (png().replace(b"IHDR", b"IHDX"), "повреждён"),
            (png(width=5000, height=1), "больше 4096"),
        ],
    )
    def test_bad_png_is_refused_clearly(self, data, words):
        assert words in refusal(data)

    def test_text_chunk_that_is_not_base64_is_refused(self):
        chunks = list(read_chunks(png()))
        broken = [(kind, b"chara\x00@@@" if kind == b"tEXt" else content) for kind, content in chunks]
        assert "base64" in refusal(SIGNATURE + b"".join(make_chunk(*chunk) for chunk in broken))

    @given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda tail: png()[:80] + tail)))
    @settings(max_examples=200, deadline=None)
    def test_any_bytes_are_refused_and_never_an_accident(self, data):
        assert refusal(data)


@pytest.mark.django_db
class TestAdmin:
    URL = "/admin/llm/character/import-card/"

    def test_card_is_imported_and_shown(self, admin_client):
        answer = admin_client.post(self.URL, {"file": SimpleUploadedFile("v.png", png())})
        assert answer["Location"] == f"/admin/llm/character/{Character.objects.get().pk}/change/"

    def test_bad_card_is_explained_beside_the_field(self, admin_client):
        answer = admin_client.post(self.URL, {"file": SimpleUploadedFile("x.json", b"{}")})
        assert "Это не Character Card V2" in answer.content.decode()

    def test_whoever_may_not_add_is_refused(self, client, django_user_model):
        client.force_login(django_user_model.objects.create_user("viewer", is_staff=True))
        assert client.get(self.URL).status_code == 403
