/// Hypertext Application Language (draft-kelly-json-hal-11): JSON whose objects carry links and
/// other objects.
public enum HAL {
    /// draft-kelly-json-hal.
    public static let mediaType = "application/hal+json"
}

/// One link of an object (§5).
public struct HALLink: Documented, Equatable {
    /// The target, relative to the response.
    public let href: String
    /// Whether `href` is a template (RFC 6570) rather than a URL.
    public let templated: Bool?

    public init(_ href: String, templated: Bool? = nil) {
        self.href = href
        self.templated = templated
    }

    /// A link whose `href` is a URI template (RFC 6570).
    public static func template(_ href: String) -> HALLink { HALLink(href, templated: true) }

    public static let schemaName = "HALLink"
    public static let meaning = "A link (HAL)."

    public static var members: [Member] {
        [
            Member("href", "The target, relative to this response.", example: "/api/…"),
            Member("templated", "`true` if `href` is a template (RFC 6570)."),
        ]
    }
}

/// The links between pages of a list.
public struct HALPageLinks: Documented, Equatable {
    /// This page.
    public let `self`: HALLink
    /// nil on the last page.
    public let next: HALLink?
    /// nil on the first page.
    public let prev: HALLink?

    public static let schemaName = "HALPageLinks"
    public static let meaning = "The links between pages of a list."

    public static var members: [Member] {
        [
            Member("self", "This page."), Member("next", "The next page, if there is one."),
            Member("prev", "The previous page, if there is one."),
        ]
    }
}

/// What relations that begin with `name:` mean (§8.2).
public struct HALCurie: Documented, Equatable {
    /// The prefix.
    public let name: String
    /// A template with `{rel}`.
    public let href: String
    /// Always true: `href` has the variable `rel`.
    public let templated: Bool

    public init(_ name: String, _ href: String) {
        self.name = name
        self.href = href
        templated = true
    }

    public static let schemaName = "HALCurie"
    public static let meaning = "The documentation of link relations with a prefix (HAL)."

    public static var members: [Member] {
        [
            Member("name", "The prefix.", example: "inf"),
            Member(
                "href", "A URL template with the variable `rel`.",
                example: "/docs/integrations?rel={rel}"),
            Member("templated", "Always.", example: true),
        ]
    }
}

extension HALLink: JSONByteWritable {
    /// In the order of the members above.
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("href", href)
            if let templated { $0.member("templated", templated) }
        }
    }
}

extension HALCurie: JSONByteWritable {
    /// In the order of the members above.
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("name", name)
            $0.member("href", href)
            $0.member("templated", templated)
        }
    }
}
