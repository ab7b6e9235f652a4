/// Hypertext Application Language (draft-kelly-json-hal-11): JSON whose objects carry links and
/// other objects.
public enum HAL {
    public static let mediaType = "application/hal+json"
}

/// One link of an object (§5).
public struct HALLink: Documented, Equatable {
    public let href: String
    /// Whether `href` is a template (RFC 6570) rather than a URL.
    public let templated: Bool?

    public init(_ href: String, templated: Bool? = nil) {
        self.href = href
        self.templated = templated
    }

    public static func template(_ href: String) -> HALLink { HALLink(href, templated: true) }

    public static let schemaName = "Link"
    public static let meaning = "A link (HAL)."

    public static var members: [Member] {
        [
            Member("href", "Where it leads, relative to this answer.", example: "/api/…"),
            Member("templated", "`true` if `href` is a template (RFC 6570)."),
        ]
    }
}

/// The neighbours of a page of a list.
public struct HALPageLinks: Documented, Equatable {
    public let `self`: HALLink
    public let next: HALLink?
    public let prev: HALLink?

    public static let schemaName = "PageLinks"
    public static let meaning = "The neighbours of a page."

    public static var members: [Member] {
        [
            Member("self", "This page."), Member("next", "The next one, if there is one."),
            Member("prev", "The one before, if there is one."),
        ]
    }
}

/// What relations that begin with `name:` mean (§8.2).
public struct HALCurie: Documented, Equatable {
    public let name: String
    /// A template with `{rel}`.
    public let href: String
    public let templated: Bool

    public init(_ name: String, _ href: String) {
        self.name = name
        self.href = href
        templated = true
    }

    public static let schemaName = "Curie"
    public static let meaning = "Where relations with a prefix are explained (HAL)."

    public static var members: [Member] {
        [
            Member("name", "The prefix.", example: "inf"),
            Member("href", "A template with `rel`.", example: "/docs?rel={rel}"),
            Member("templated", "Always.", example: true),
        ]
    }
}

extension HALLink: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("href", href)
            if let templated { $0.member("templated", templated) }
        }
    }
}

extension HALCurie: JSONByteWritable {
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("name", name)
            $0.member("href", href)
            $0.member("templated", templated)
        }
    }
}
