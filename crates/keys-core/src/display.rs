//! `Display` that honours width, fill and precision, so that every text form can stand in a column.

use core::fmt;

/// Writes `text` as [`Formatter::pad`](fmt::Formatter::pad) would, without allocating unless something was asked for.
pub(crate) fn pad(f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>) -> fmt::Result {
    if f.width().is_none() && f.precision().is_none() {
        f.write_fmt(text)
    } else {
        f.pad(&alloc::fmt::format(text))
    }
}
