//! Reading values from elements.

use super::{Element, XmlError};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// An element as a value: a text, a number, a structure, or the first of a list of its namesakes.
#[derive(Clone, Copy)]
pub(super) struct Content<'d, 'a>(pub(super) Element<'d, 'a>);

impl<'d> Content<'d, '_> {
    fn number<T: std::str::FromStr>(self) -> Result<T, XmlError> {
        let text = self.0.text().trim();
        text.parse()
            .map_err(|_| XmlError::Shape(format!("{} is no number: '{text}'", self.0.name())))
    }
}

macro_rules! numbers {
    ($($method:ident => $visit:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
            visitor.$visit(self.number()?)
        })*
    };
}

impl<'de, 'd: 'de> de::Deserializer<'de> for Content<'d, '_> {
    type Error = XmlError;

    numbers! {
        deserialize_i8 => visit_i8, deserialize_i16 => visit_i16, deserialize_i32 => visit_i32,
        deserialize_i64 => visit_i64, deserialize_u8 => visit_u8, deserialize_u16 => visit_u16,
        deserialize_u32 => visit_u32, deserialize_u64 => visit_u64,
        deserialize_f32 => visit_f32, deserialize_f64 => visit_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        match self.0.text().trim() {
            "true" | "True" | "1" => visitor.visit_bool(true),
            "false" | "False" | "0" => visitor.visit_bool(false),
            text => Err(XmlError::Shape(format!(
                "{} is neither true nor false: '{text}'",
                self.0.name()
            ))),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_borrowed_str(self.0.text())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, XmlError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, XmlError> {
        visitor.visit_map(Fields {
            element: self.0,
            fields: fields.iter(),
            current: None,
        })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_seq(Namesakes(Some(self.0)))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit_struct tuple tuple_struct map enum identifier ignored_any
    }
}

/// The fields of a structure that an element has. Elements that are no field are passed over, and
/// of one that is there twice without being a list the first counts.
struct Fields<'d, 'a> {
    element: Element<'d, 'a>,
    fields: std::slice::Iter<'static, &'static str>,
    current: Option<Element<'d, 'a>>,
}

impl<'de, 'd: 'de> MapAccess<'de> for Fields<'d, '_> {
    type Error = XmlError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, XmlError> {
        for field in self.fields.by_ref() {
            if let Some(child) = self.element.child(field) {
                self.current = Some(child);
                return seed.deserialize(StrDeserializer::new(field)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, XmlError> {
        match self.current {
            Some(child) => seed.deserialize(Content(child)),
            None => Err(de::Error::custom("a value was asked for before its name")),
        }
    }
}

/// An element and its later siblings of the same name.
struct Namesakes<'d, 'a>(Option<Element<'d, 'a>>);

impl<'de, 'd: 'de> SeqAccess<'de> for Namesakes<'d, '_> {
    type Error = XmlError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, XmlError> {
        let Some(element) = self.0 else {
            return Ok(None);
        };
        self.0 = element.namesake();
        seed.deserialize(Content(element)).map(Some)
    }
}
