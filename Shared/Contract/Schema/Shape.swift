/// What a wire type looks like in JSON, as its own `init(from:)` shows it.
package indirect enum Shape: Sendable {
    case string
    case boolean
    case integer
    case timestamp
    /// One of a Swift enum's texts, with the enum's name.
    case words([String], named: String)
    case array(Shape)
    /// An object whose members are not known beforehand, with its type's name.
    case freeForm(named: String)
    /// Any JSON value, with its type's name.
    case anything(named: String)
    case object(any Documented.Type)
}

/// A member of an object as the type itself declares it.
package struct Property: Sendable {
    package enum Presence: Sendable {
        /// Always there, never null.
        case always
        /// `OrNull`: written as null; may be missing where it is read.
        case orNull
        /// An optional: left out where it is written; null counts as missing where it is read.
        case optional
        /// `Patch`: may be missing.
        case patch
    }

    package let name: String
    package let shape: Shape
    package let presence: Presence
}

/// A type that no schema can be made of: a mistake in a Contract, found by any test that makes the
/// document.
public struct UnknownShape: Error, CustomStringConvertible {
    /// Which type or member, and why.
    public let description: String

    package init(description: String) { self.description = description }
}
