# An agent by somebody else: slixmpp, and nothing but docs/formats/igor-rpc.md. It serves peer.v1.Peer from a descriptor given as a file.
import asyncio, base64, hashlib, sys, time
import xml.etree.ElementTree as ET
import slixmpp
from slixmpp.xmlstream.handler import CoroutineCallback
from slixmpp.xmlstream.matcher import MatchXPath

account, password, app, port, descriptor_file = sys.argv[1:6]
NS = "urn:monsterlab:igor:1"
descriptor = open(descriptor_file, "rb").read()
digest = hashlib.sha256(descriptor).hexdigest()
epoch = int(time.time() * 1000)


def q(name):
    return "{%s}%s" % (NS, name)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def text_field(data):
    """Field 1, a string."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        size, at = varint(data, at)
        if key == 10:
            return data[at : at + size].decode()
        at += size
    return ""


def message(text):
    data = text.encode()
    return b"\x0a" + bytes([len(data)]) + data if data else b""


class Agent(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__("%s/%d" % (account, epoch), password)
        self.add_event_handler("session_start", self.started)
        self.register_handler(CoroutineCallback("igor", MatchXPath("{jabber:client}iq/" + q("igor")), self.called))
        self.seen = {}
        self.received = {}
        self.go_on = {}

    async def started(self, _event):
        self.announce()
        while True:
            await asyncio.sleep(1)
            try:
                await self.ask(ET.Element(q("renew"), epoch=str(epoch)))
            except slixmpp.exceptions.IqError as error:
                if error.condition == "item-not-found":
                    self.announce()

    def announce(self):
        presence = self.make_presence(pto=app)
        agent = ET.SubElement(presence.xml, q("agent"), epoch=str(epoch), lease="9000", version="py", hash=digest)
        ET.SubElement(agent, q("service"), name="peer.v1.Peer")
        ET.SubElement(agent, q("fact"), name="by").text = "slixmpp"
        presence.send()

    async def ask(self, *frames):
        iq = self.make_iq_set(ito=app)
        igor = ET.Element(q("igor"))
        igor.extend(frames)
        iq.append(igor)
        answer = await iq.send(timeout=10)
        return answer.xml.find(q("igor"))

    async def called(self, iq):
        igor = iq.xml.find(q("igor"))
        if iq["type"] != "set":
            return
        if iq["from"].bare != app:
            iq.reply().error().send()
            return
        answers = ET.Element(q("igor"))
        for frame in igor:
            name = frame.tag.split("}")[1]
            if name == "describe":
                offset = int(frame.get("offset"))
                part = ET.SubElement(answers, q("descriptor"), hash=digest, offset=str(offset), total=str(len(descriptor)))
                part.text = base64.b64encode(descriptor[offset : offset + 49152]).decode()
            elif name == "invoke":
                answers.append(self.invoke(frame))
        reply = iq.reply()
        reply.append(answers)
        reply.send()

    def invoke(self, frame):
        call, method = frame.get("call"), frame.get("method")
        payload = base64.b64decode(frame.find(q("payload")).text or "")
        about = dict(call=call, method=method, context=frame.get("context"), request=hashlib.sha256(payload).hexdigest())
        if call in self.seen:
            return self.seen[call]
        accepted = ET.Element(q("accepted"), call=call)
        if method == "peer.v1.Peer/Shout":
            self.seen[call] = self.outcome(about, message(text_field(payload).upper()))
            return self.seen[call]
        if method == "peer.v1.Peer/Later":
            asyncio.ensure_future(self.later(about, payload))
            return accepted
        if method == "peer.v1.Peer/Letters":
            asyncio.ensure_future(self.letters(about, payload))
            return accepted
        failed = ET.Element(q("outcome"), status="unimplemented", **about)
        ET.SubElement(failed, q("message")).text = "not here"
        return failed

    def outcome(self, about, payload):
        outcome = ET.Element(q("outcome"), status="ok", **about)
        ET.SubElement(outcome, q("payload")).text = base64.b64encode(payload).decode()
        return outcome

    async def later(self, about, payload):
        await asyncio.sleep(0.3)
        answer = await self.ask(self.outcome(about, message("later " + text_field(payload))))
        assert answer.find(q("committed")).get("call") == about["call"]

    async def letters(self, about, payload):
        text = text_field(payload)
        at = 0
        while at < len(text):
            item = ET.Element(q("item"), seq=str(at), **about)
            ET.SubElement(item, q("payload")).text = base64.b64encode(message(text[at])).decode()
            answer = await self.ask(item)
            credit = answer.find(q("credit"))
            if credit is None:
                return
            at = int(credit.get("received"))
        await self.ask(ET.Element(q("outcome"), status="ok", items=str(at), **about))


agent = Agent()
agent.connect(address=("127.0.0.1", int(port)), disable_starttls=True)
agent.process(forever=True)
