"""Romeo and Benvolio on XMPP, Juliet on IRC: a conversation through Causeway, between servers of its own."""
import argparse
import asyncio
import signal
import sys

from stage import CHANNEL, GATEWAY, Stage
from harness.irc_user import IrcUser
from harness.prosody import DOMAIN, PASSWORD
from harness.xmpp_user import XmppUser
from transcript import Transcript


async def in_the_room(stage: Stage, told: Transcript, romeo: XmppUser, benvolio: XmppUser, juliet: IrcUser) -> None:
    told.note(f"In the channel {CHANNEL}, which is the room {stage.room()} on XMPP")
    here = f"{stage.room()}/juliet"
    async with told.leg("romeo and benvolio (XMPP) join, juliet (IRC) sees both come"):
        await romeo.join(stage.room(), "romeo")
        await benvolio.join(stage.room(), "benvolio")
        for nick in ("romeo", "benvolio"):
            await juliet.expect("JOIN", lambda line: line.nick == nick)
    words = "But soft, what light through yonder window breaks? ☂"
    told.said("romeo", words)
    async with told.leg("room, XMPP to IRC: juliet hears it"):
        romeo.message(stage.room(), words, "groupchat")
        await juliet.hears(words, CHANNEL)
    async with told.leg("room: romeo sees his own words once the network has them, benvolio too"):
        for client in (romeo, benvolio):
            await client.expect_message(f"{stage.room()}/romeo", words, "groupchat")
    words = "Ay me!"
    told.said("juliet", words)
    async with told.leg("room, IRC to XMPP: romeo and benvolio hear it"):
        juliet.say(CHANNEL, words)
        for client in (romeo, benvolio):
            await client.expect_message(here, words, "groupchat")


async def in_private(stage: Stage, told: Transcript, romeo: XmppUser, juliet: IrcUser) -> None:
    told.note(f"In private: juliet is {stage.contact('juliet')} on XMPP")
    words = "Shall I hear more?"
    told.said("romeo", words)
    id = ""
    async with told.leg("private, XMPP to IRC: juliet hears it"):
        id = romeo.message(stage.contact("juliet"), words, inner="<request xmlns='urn:xmpp:receipts'/>")
        await juliet.hears(words, "juliet")
    async with told.leg("private: romeo gets the receipt, after the network has accepted"):
        await romeo.expect(lambda s: any(r.get("id") == id for r in s.findall("receipts:received")), "the receipt")
    words = "What man art thou that thus bescreened in night so stumblest on my counsel?"
    told.said("juliet", words)
    async with told.leg("private, IRC to XMPP: romeo hears it"):
        juliet.say("romeo", words)
        await romeo.expect_message(stage.contact("juliet"), words, "chat")


async def in_the_roster(stage: Stage, told: Transcript, romeo: XmppUser) -> None:
    told.note("In romeo's roster: the IRC contact nurse")
    contact = stage.contact("nurse")
    async with told.leg("romeo adds nurse, who is not there yet"):
        await romeo.befriend(contact)
    nurse = IrcUser("nurse")
    async with told.leg("nurse comes: romeo sees her available"):
        await nurse.connect(stage.ngircd.port)
        await romeo.expect_presence(contact)
    async with told.leg("nurse goes away: romeo sees her away"):
        nurse.send("AWAY :at the market")
        await romeo.expect_presence(contact, predicate=lambda s: s.show == "away")
    async with told.leg("nurse leaves: romeo sees her go"):
        await nurse.close()
        await romeo.expect_presence(contact, "unavailable")


async def converse(stage: Stage, told: Transcript) -> None:
    people = []
    try:
        async with told.leg("romeo and benvolio log in to Prosody, juliet to ngIRCd"):
            people += [await stage.xmpp("romeo"), await stage.xmpp("benvolio")]
            people.append(await IrcUser("juliet").connect(stage.ngircd.port))
            await people[2].join(CHANNEL)
        if len(people) == 3:
            romeo, benvolio, juliet = people
            await in_the_room(stage, told, romeo, benvolio, juliet)
            await in_private(stage, told, romeo, juliet)
            await in_the_roster(stage, told, romeo)
    finally:
        for person in people:
            await person.close()


def invite(stage: Stage) -> None:
    print(f"""
Everything stays up until Ctrl-C. With your own clients, on this machine:
  XMPP   account romeo@{DOMAIN} or benvolio@{DOMAIN}, password {PASSWORD}
         server 127.0.0.1, port {stage.prosody.c2s_port}, without encryption
         join the room  {stage.room()}
         or write to    NICK%{stage.ngircd.name}@{GATEWAY}
  IRC    server 127.0.0.1, port {stage.ngircd.port}, without TLS; /join {CHANNEL}
  See    http://127.0.0.1:{stage.causeway.admin_port}/metrics
         the configuration {stage.causeway.config_path}
         the log           {stage.directory}/causeway/causeway.log""", flush=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--once", action="store_true", help="end after the conversation")
    once = options.parse_args().once
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    told = Transcript()
    stage = Stage()
    try:
        stage.start()
        asyncio.run(converse(stage, told))
        good = told.close()
        if not once:
            invite(stage)
            signal.pause()
        return 0 if good else 1
    except KeyboardInterrupt:
        return 0
    finally:
        stage.stop()


if __name__ == "__main__":
    sys.exit(main())
