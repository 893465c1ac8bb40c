"""Any message comes back from text and from the binary format."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mocha_caffe.formats import Message, parse_text, parse_wire, read_all, write_text, write_wire
from mocha_caffe.formats.schema import message_types

from .strategies import checking, messages

KINDS = sorted(message_types())
any_message = st.sampled_from(KINDS).flatmap(messages)


@checking
@given(any_message)
def test_text(message: Message):
    assert parse_text(write_text(message), message.message_type) == message


@checking
@given(any_message)
def test_binary(message: Message):
    data = write_wire(message)
    again = parse_wire(data, message.message_type)
    assert again == message
    assert write_wire(read_all(again)) == data


@checking
@given(messages("NetParameter"))
def test_binary_to_text_to_binary(message: Message):
    text = write_text(parse_wire(write_wire(message)))
    assert parse_wire(write_wire(parse_text(text))) == message
    assert write_text(parse_text(text)) == text
