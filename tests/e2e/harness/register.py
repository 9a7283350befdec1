"""XEP-0077 from the client's side: read the form, fill in what it asks for, send it."""
from xml.sax.saxutils import escape, quoteattr

from .ircd import NGIRCD_NAME
from .xmpp_user import NS, Stanza, XmppUser

GET = f"<query xmlns='{NS['register']}'/>"
REMOVE = f"<query xmlns='{NS['register']}'><remove/></query>"


async def ask(user: XmppUser, gateway: str) -> Stanza:
    form = await user.iq(gateway, "get", GET)
    assert form.type == "result", form
    return form


def fields(form: Stanza) -> dict[str, bool]:
    """The form's fields by name: is it required?"""
    found = {field.get("var"): field.find("data:required", NS) is not None
             for field in form.findall("register:query/data:x/data:field") if field.get("type") != "hidden" and field.get("var")}
    if found:
        return found
    skip = {"instructions", "registered", "x"}
    names = (child.tag.rpartition("}")[2] for child in form.find("register:query"))
    return {name: True for name in names if name not in skip}


def filled(answers: dict[str, str]) -> str:
    """A submitted form."""
    inner = "".join(f"<field var={quoteattr(name)}><value>{escape(value)}</value></field>" for name, value in answers.items())
    return (f"<query xmlns='{NS['register']}'><x xmlns='{NS['data']}' type='submit'><field var='FORM_TYPE' type='hidden'>"
            f"<value>jabber:iq:register</value></field>{inner}</x></query>")


async def register(user: XmppUser, gateway: str, **answers: str) -> Stanza:
    """Registers with `answers` and something for whatever else is required. @return the answer to the set"""
    form = await ask(user, gateway)
    asked = fields(form)
    if "server" in asked:
        answers.setdefault("server", NGIRCD_NAME)
    for name, required in asked.items():
        if required:
            answers.setdefault(name, f"any-{name}")
    return await user.iq(gateway, "set", filled(answers))


async def become_friends_with(user: XmppUser, gateway: str) -> None:
    """What a client does when the gateway asks for a subscription after registering."""
    await user.expect_presence(gateway, "subscribe")
    user.presence(to=gateway, type="subscribed")
    user.presence(to=gateway, type="subscribe")
    await user.expect_subscription(gateway, "both")
