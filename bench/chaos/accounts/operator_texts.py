"""Every text of an operator was shown once to one visitor, or the operator was told that it was not."""

from collections import Counter

REFUSED = ("Не отправлено", "Ничего не отправлено")


def lost(ledger, phones) -> list[str]:
    """Texts of operators that reached nobody without a word, or somebody twice."""
    from chats.models import Delivery, Message
    from operators.models import OperatorText

    rows = {
        (row.operator.telegram_id, row.source_id): row
        for row in OperatorText.objects.select_related("operator")
    }
    stored = Counter(Message.objects.filter(author="operator").values_list("text", flat=True))
    refusals = {
        address: sum(
            any(word in m.get("text", "") for word in REFUSED) for m in messages if not m.get("outgoing")
        )
        for (channel, address), messages in phones.items()
        if channel == "operator"
    }
    found, refused = [], Counter()
    for said in ledger.operator_said:
        row = rows.get((said.person, said.message_id))
        where = f"operator {said.person}, {said.text!r}"
        if row is None:
            found.append(f"{where}: the desk knows nothing of it")
        elif row.state == "sent" and stored[said.text] != 1:
            found.append(f"{where}: sent, and stored {stored[said.text]} times")
        elif row.state != "sent":
            refused[str(said.person)] += 1
            if stored[said.text]:
                found.append(f"{where}: {row.state}, and yet stored")
    found += [
        f"operator {address}: {number} texts not sent, and told so {refusals[address]} times"
        for address, number in refused.items()
        if number > refusals[address]
    ]
    shown = Counter(
        Delivery.objects.filter(message__author="operator", state="sent", channel="telegram").values_list(
            "message_id", flat=True
        )
    )
    for message in Message.objects.filter(author="operator", contact__channel="telegram"):
        if shown[message.pk] != 1:
            found.append(f"operator's message {message.pk}: {shown[message.pk]} deliveries to the visitor")
    return found
