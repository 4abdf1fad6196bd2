//! Writing a request as parameters.

use super::form;
use crate::wire::{Action, MEMBER, MEMBERS, VERSION};
use serde::{Serialize, ser};
use std::fmt::{Display, Write};
/// A request cannot be written as parameters; a fault of the shape, not of its values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot write the request as parameters: {0}")]
pub struct EncodeError(String);

impl ser::Error for EncodeError {
    fn custom<T: Display>(message: T) -> EncodeError {
        EncodeError(message.to_string())
    }
}

/// The parameters of a request, `Action` and `Version` first.
///
/// # Errors
///
/// The shape holds something that parameters cannot express.
pub fn parameters<A: Action>(request: &A) -> Result<Vec<(String, String)>, EncodeError> {
    let mut writer = Writer {
        pairs: vec![
            ("Action".to_owned(), A::NAME.to_owned()),
            ("Version".to_owned(), VERSION.to_owned()),
        ],
        path: String::new(),
    };
    request.serialize(&mut writer)?;
    Ok(writer.pairs)
}

/// The body of a request.
///
/// # Errors
///
/// As of [`parameters`].
pub fn encode<A: Action>(request: &A) -> Result<String, EncodeError> {
    Ok(form(parameters(request)?))
}

struct Writer {
    pairs: Vec<(String, String)>,
    path: String,
}

impl Writer {
    fn value(&mut self, value: String) -> Result<(), EncodeError> {
        if self.path.is_empty() {
            return Err(EncodeError("a request is a structure".to_owned()));
        }
        self.pairs.push((self.path.clone(), value));
        Ok(())
    }

    fn within<T: Serialize + ?Sized>(
        &mut self,
        step: impl Display,
        value: &T,
    ) -> Result<(), EncodeError> {
        let length = self.path.len();
        let dot = if length == 0 { "" } else { "." };
        // Writing to a String cannot fail.
        let _ = write!(self.path, "{dot}{step}");
        let written = value.serialize(&mut *self);
        self.path.truncate(length);
        written
    }
}

/// A list being written; it knows how many items it has so far.
struct ListWriter<'w> {
    writer: &'w mut Writer,
    written: usize,
}

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.value(value.to_string())
        })*
    };
}

fn inexpressible<T>(what: &str) -> Result<T, EncodeError> {
    Err(EncodeError(format!("{what} cannot be a parameter")))
}

impl<'w> ser::Serializer for &'w mut Writer {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = ListWriter<'w>;
    type SerializeTuple = ser::Impossible<(), EncodeError>;
    type SerializeTupleStruct = ser::Impossible<(), EncodeError>;
    type SerializeTupleVariant = ser::Impossible<(), EncodeError>;
    type SerializeMap = ser::Impossible<(), EncodeError>;
    type SerializeStruct = &'w mut Writer;
    type SerializeStructVariant = ser::Impossible<(), EncodeError>;

    scalars! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_char: char, serialize_str: &str
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
        match name {
            MEMBERS => self.within(MEMBER, value),
            _ => value.serialize(self),
        }
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.value(variant.to_owned())
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<&'w mut Writer, EncodeError> {
        Ok(self)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<ListWriter<'w>, EncodeError> {
        Ok(ListWriter {
            writer: self,
            written: 0,
        })
    }

    fn serialize_f32(self, _value: f32) -> Result<(), EncodeError> {
        inexpressible("a fraction")
    }

    fn serialize_f64(self, _value: f64) -> Result<(), EncodeError> {
        inexpressible("a fraction")
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

impl ser::SerializeStruct for &mut Writer {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.within(key, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl ser::SerializeSeq for ListWriter<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.written += 1;
        self.writer.within(self.written, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        // An empty list is `PolicyNames=`, without the `.member` of the items it does not have.
        if self.written == 0 {
            let path = &self.writer.path;
            let name = path.strip_suffix(".member").unwrap_or(path).to_owned();
            self.writer.pairs.push((name, String::new()));
        }
        Ok(())
    }
}
