"""Openings that many stories share."""
import dataclasses

from .irc_user import IrcUser
from .world import World
from .xmpp_user import XmppUser


@dataclasses.dataclass
class Scene:
    romeo: XmppUser   # on XMPP
    juliet: IrcUser   # on IRC; she made the channel, so she is its operator
    nick: str         # Romeo's
    channel: str
    room: str

    @property
    def here(self) -> str:
        """Romeo's own place in the room."""
        return f"{self.room}/{self.nick}"

    @property
    def juliets_place(self) -> str:
        return f"{self.room}/{self.juliet.nick}"


async def both_in_a_room(world: World, gateway: str = "", irc_port: int = 0, server: str = "") -> Scene:
    """Juliet (IRC) and Romeo (XMPP) sit in a channel of their own."""
    juliet = await world.irc(port=irc_port)
    channel, nick = world.channel(), world.name("romeo")
    await juliet.join(channel)
    romeo = await world.xmpp(nick)
    scene = Scene(romeo, juliet, nick, channel, world.room(channel, gateway, server))
    await romeo.join(scene.room, nick)
    await juliet.expect("JOIN", lambda line: line.nick == nick)
    return scene


async def romeo_owns_the_room(world: World, irc_port: int = 0, server: str = "") -> Scene:
    """The same, but Romeo came first and is the channel's operator."""
    channel, nick = world.channel(), world.name("romeo")
    romeo, juliet = await world.xmpp(nick), await world.irc(port=irc_port)
    scene = Scene(romeo, juliet, nick, channel, world.room(channel, server=server))
    await romeo.join(scene.room, nick)
    await juliet.join(channel)
    await romeo.expect_presence(scene.juliets_place)
    return scene
