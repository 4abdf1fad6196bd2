//! Writing XML.

use super::EncodeError;
use crate::wire::{MEMBER, MEMBERS};
use serde::{Serialize, ser};
use std::fmt::{Display, Write};

/// Writes elements, escaping what must be and replacing what XML 1.0 cannot hold.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    pub fn new() -> Writer {
        Writer::default()
    }

    /// The document so far.
    pub fn finish(self) -> String {
        self.out
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Opens an element with one attribute.
    pub fn open_with(&mut self, name: &str, attribute: &str, value: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push(' ');
        self.out.push_str(attribute);
        self.out.push_str("=\"");
        self.escaped(value);
        self.out.push_str("\">");
    }

    /// Closes an element; one that was opened just before becomes `<name/>`.
    pub fn close(&mut self, name: &str) {
        let opened = self
            .out
            .strip_suffix('>')
            .and_then(|out| out.strip_suffix(name))
            .is_some_and(|out| out.ends_with('<'));
        if opened {
            self.out.pop();
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// Writes an element with a text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.escaped(text);
        self.close(name);
    }

    /// Writes a value as an element; an absent value writes nothing.
    ///
    /// # Errors
    ///
    /// The value's type is one that these documents do not know: a map, a tuple, a fraction.
    pub fn value<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(Named {
            writer: self,
            name,
            bare: false,
        })
    }

    /// Writes the members of a structure without an element around them.
    ///
    /// # Errors
    ///
    /// As of [`Writer::value`], and the value is no structure.
    pub fn members<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        value.serialize(Named {
            writer: self,
            name: "",
            bare: true,
        })
    }

    fn escaped(&mut self, text: &str) {
        // Nearly every text is an identifier, a number or a name.
        let plain =
            |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"');
        if text.as_bytes().iter().all(plain) {
            self.out.push_str(text);
            return;
        }
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                // A reader turns a bare carriage return into a line feed.
                '\r' => self.out.push_str("&#13;"),
                // XML 1.0 has no way at all to write these, not even as references.
                '\u{0}'..='\u{8}'
                | '\u{b}'
                | '\u{c}'
                | '\u{e}'..='\u{1f}'
                | '\u{fffe}'
                | '\u{ffff}' => self.out.push('\u{fffd}'),
                other => self.out.push(other),
            }
        }
    }
}

/// The place of one value: it will be written as elements of this name.
struct Named<'w, 'n> {
    writer: &'w mut Writer,
    name: &'n str,
    /// A structure writes only its members, without an element of its own.
    bare: bool,
}

impl Named<'_, '_> {
    /// A text that needs no escaping.
    fn plain(self, text: impl Display) -> Result<(), EncodeError> {
        self.writer.open(self.name);
        // Writing to a String cannot fail.
        let _ = write!(self.writer.out, "{text}");
        self.writer.close(self.name);
        Ok(())
    }
}

macro_rules! plain {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.plain(value)
        })*
    };
}

fn inexpressible<T>(what: &str) -> Result<T, EncodeError> {
    Err(EncodeError(format!("{what} cannot be an element")))
}

impl<'w, 'n> ser::Serializer for Named<'w, 'n> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Named<'w, 'n>;
    type SerializeTuple = ser::Impossible<(), EncodeError>;
    type SerializeTupleStruct = ser::Impossible<(), EncodeError>;
    type SerializeTupleVariant = ser::Impossible<(), EncodeError>;
    type SerializeMap = ser::Impossible<(), EncodeError>;
    type SerializeStruct = Named<'w, 'n>;
    type SerializeStructVariant = ser::Impossible<(), EncodeError>;

    plain! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64
    }

    fn serialize_str(self, text: &str) -> Result<(), EncodeError> {
        self.writer.text(self.name, text);
        Ok(())
    }

    fn serialize_char(self, character: char) -> Result<(), EncodeError> {
        self.serialize_str(character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        if name != MEMBERS {
            return value.serialize(self);
        }
        self.writer.open(self.name);
        self.writer.value(MEMBER, value)?;
        self.writer.close(self.name);
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.serialize_str(variant)
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Named<'w, 'n>, EncodeError> {
        if !self.bare {
            self.writer.open(self.name);
        }
        Ok(self)
    }

    /// Items are elements of the list's own name: `Members` calls it `member`.
    fn serialize_seq(self, _length: Option<usize>) -> Result<Named<'w, 'n>, EncodeError> {
        Ok(self)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), EncodeError> {
        inexpressible("a run of bytes")
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        inexpressible("nothing")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), EncodeError> {
        inexpressible("nothing")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), EncodeError> {
        inexpressible("a choice")
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self::SerializeTuple, EncodeError> {
        inexpressible("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleStruct, EncodeError> {
        inexpressible("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        inexpressible("a choice")
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self::SerializeMap, EncodeError> {
        inexpressible("a map")
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        inexpressible("a choice")
    }
}

impl ser::SerializeStruct for Named<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.writer.value(key, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        if !self.bare {
            self.writer.close(self.name);
        }
        Ok(())
    }
}

impl ser::SerializeSeq for Named<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.writer.value(self.name, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}
