//! An answer as a tree that every form is rendered from.
//!
//! `serde_json::Value` would do, but a listing of 10,000 load balancers is a million values: names
//! of fields are borrowed here, and what is absent takes no room.

use serde::ser::{self, SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::Display;

/// A value with the names of the API, in the order of the API reference.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A field that is not there. Never inside a tree.
    Absent,
    /// What a query found nothing for.
    Null,
    Bool(bool),
    /// In decimal, as JSON has it.
    Number(Box<str>),
    Text(Box<str>),
    List(Vec<Node>),
    Fields(Vec<(Cow<'static, str>, Node)>),
}

impl Node {
    /// The tree of an answer, of a query's result, of anything that JSON could hold.
    ///
    /// # Errors
    ///
    /// It has something that JSON has not (no shape of the wire does).
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Node, NotATree> {
        value.serialize(Planter)
    }

    /// The field of a name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        match self {
            Node::Fields(fields) => fields
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, node)| node),
            _ => None,
        }
    }

    /// Whether it is neither a list nor a structure.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Node::List(_) | Node::Fields(_))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Absent | Node::Null => serializer.serialize_unit(),
            Node::Bool(value) => serializer.serialize_bool(*value),
            Node::Number(text) => match text.parse::<i64>() {
                Ok(whole) => serializer.serialize_i64(whole),
                Err(_) => serializer.serialize_f64(text.parse().unwrap_or(f64::NAN)),
            },
            Node::Text(text) => serializer.serialize_str(text),
            Node::List(items) => serializer.collect_seq(items),
            Node::Fields(fields) => {
                serializer.collect_map(fields.iter().map(|(name, node)| (name, node)))
            }
        }
    }
}

/// Why something is no tree.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotATree(String);

impl ser::Error for NotATree {
    fn custom<T: Display>(message: T) -> NotATree {
        NotATree(message.to_string())
    }
}

struct Planter;

/// A structure or a map that grows.
#[derive(Default)]
struct Growing {
    fields: Vec<(Cow<'static, str>, Node)>,
    key: Option<Cow<'static, str>>,
}

impl Growing {
    fn add(&mut self, name: Cow<'static, str>, node: Node) {
        if node != Node::Absent {
            self.fields.push((name, node));
        }
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<Node, NotATree> {
            Ok(Node::Number(value.to_string().into()))
        })*
    };
}

fn inexpressible<T>(what: &str) -> Result<T, NotATree> {
    Err(ser::Error::custom(format!("{what} cannot be shown")))
}

impl Serializer for Planter {
    type Ok = Node;
    type Error = NotATree;
    type SerializeSeq = List;
    type SerializeTuple = ser::Impossible<Node, NotATree>;
    type SerializeTupleStruct = ser::Impossible<Node, NotATree>;
    type SerializeTupleVariant = ser::Impossible<Node, NotATree>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = ser::Impossible<Node, NotATree>;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64
    }

    fn serialize_bool(self, value: bool) -> Result<Node, NotATree> {
        Ok(Node::Bool(value))
    }

    fn serialize_char(self, character: char) -> Result<Node, NotATree> {
        self.serialize_str(character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<Node, NotATree> {
        Ok(Node::Text(text.into()))
    }

    fn serialize_none(self) -> Result<Node, NotATree> {
        Ok(Node::Absent)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, NotATree> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, NotATree> {
        Ok(Node::Null)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Node, NotATree> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Node, NotATree> {
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List, NotATree> {
        Ok(List(Vec::with_capacity(length.unwrap_or_default())))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Fields, NotATree> {
        Ok(Fields(Growing::default()))
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Fields, NotATree> {
        Ok(Fields(Growing::default()))
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<Node, NotATree> {
        inexpressible("a run of bytes")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Node, NotATree> {
        inexpressible("nothing")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<Node, NotATree> {
        inexpressible("a choice")
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self::SerializeTuple, NotATree> {
        inexpressible("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleStruct, NotATree> {
        inexpressible("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, NotATree> {
        inexpressible("a choice")
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, NotATree> {
        inexpressible("a choice")
    }
}

struct List(Vec<Node>);

impl SerializeSeq for List {
    type Ok = Node;
    type Error = NotATree;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotATree> {
        self.0.push(match Node::of(value)? {
            Node::Absent => Node::Null,
            node => node,
        });
        Ok(())
    }

    fn end(self) -> Result<Node, NotATree> {
        Ok(Node::List(self.0))
    }
}

struct Fields(Growing);

impl Fields {
    fn grown(self) -> Node {
        let mut fields = self.0.fields;
        fields.shrink_to_fit();
        Node::Fields(fields)
    }
}

impl SerializeStruct for Fields {
    type Ok = Node;
    type Error = NotATree;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), NotATree> {
        self.0.add(Cow::Borrowed(key), Node::of(value)?);
        Ok(())
    }

    fn end(self) -> Result<Node, NotATree> {
        Ok(self.grown())
    }
}

impl SerializeMap for Fields {
    type Ok = Node;
    type Error = NotATree;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotATree> {
        self.0.key = match Node::of(key)? {
            Node::Text(text) => Some(Cow::Owned(text.into_string())),
            _ => return inexpressible("a key that is no text"),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotATree> {
        let key = self.0.key.take().unwrap_or_default();
        self.0.add(key, Node::of(value)?);
        Ok(())
    }

    fn end(self) -> Result<Node, NotATree> {
        Ok(self.grown())
    }
}
