//! Calling a controller: encode, sign, send, decode.
