//! What a request could say, from its shape alone: every field there is, each with a sample.

use crate::wire::Action;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// A request with all its fields: empty texts, zeros, `true`, and lists of one item.
///
/// # Errors
///
/// The shape has something for which there is no sample (no request of the wire does).
pub fn skeleton<A: Action>() -> Result<Value, serde_json::Error> {
    let request = A::deserialize(Sample).map_err(|NoSample(reason)| de::Error::custom(reason))?;
    serde_json::to_value(request)
}

/// Why there is no sample of a type.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoSample(String);

impl de::Error for NoSample {
    fn custom<T: std::fmt::Display>(message: T) -> NoSample {
        NoSample(message.to_string())
    }
}

/// Stands where a value of any type would: what is asked for is what it is.
struct Sample;

impl<'de> de::Deserializer<'de> for Sample {
    type Error = NoSample;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoSample> {
        visitor.visit_str("")
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoSample> {
        visitor.visit_bool(true)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoSample> {
        visitor.visit_i64(0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoSample> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NoSample> {
        visitor.visit_map(All(fields.iter()))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoSample> {
        visitor.visit_seq(One(Some(Sample)))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct map enum identifier ignored_any
    }
}

/// All fields of a structure.
struct All(std::slice::Iter<'static, &'static str>);

impl<'de> MapAccess<'de> for All {
    type Error = NoSample;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, NoSample> {
        let key = self.0.next();
        key.map(|key| seed.deserialize(StrDeserializer::new(key)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NoSample> {
        seed.deserialize(Sample)
    }
}

/// One item of a list.
struct One(Option<Sample>);

impl<'de> SeqAccess<'de> for One {
    type Error = NoSample;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NoSample> {
        let item = self.0.take();
        item.map(|item| seed.deserialize(item)).transpose()
    }
}
