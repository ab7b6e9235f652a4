/// The id that a platform's own database or identity provider has for a user or a thing. Where a
/// request names one of ours, it can say `ext:` and this in place of our id.
public enum ExternalID {
    /// Unicode scalars.
    public static let maximum = 255
    /// What a name by an external id begins with.
    public static let prefix = "ext:"
    /// What no external id begins with: it would read as another name.
    public static let reserved = ["usr_", prefix]

    /// `raw` in NFC. Nothing is trimmed, and case counts: it has to be found as it was given.
    /// - Throws: 422 at `pointer` for what is too long, is reserved, or holds white space, control
    ///   or invisible characters.
    public static func check(_ raw: String, pointer: String) throws(Fault) -> String {
        let scalars = raw.unicodeScalars
        guard (1...maximum).contains(scalars.prefix(maximum + 1).count) else {
            throw .invalid(pointer, "must have 1 to \(maximum) characters")
        }
        guard scalars.allSatisfy({ Text.isVisible($0) && !Text.isForbidden($0) }) else {
            throw .invalid(
                pointer, "must not contain white space, control or invisible characters")
        }
        guard Text.isStreamSafe(raw) else { throw .invalid(pointer, Text.combiningRule) }
        if let prefix = reserved.first(where: { raw.hasPrefix($0) }) {
            throw .invalid(pointer, "must not begin with \(prefix)")
        }
        return Text.composed(raw)
    }

    /// The external id in a name such as `ext:4711`, in NFC; nil in other names.
    public static func named(by name: String) -> String? {
        guard name.utf8.starts(with: prefix.utf8) else { return nil }
        return Text.composed(String(Substring(name.utf8.dropFirst(prefix.utf8.count))))
    }

    /// As `check`, for one that may be missing.
    public static func checkIfPresent(_ raw: String?, pointer: String) throws(Fault) -> String? {
        guard let raw else { return nil }
        return try check(raw, pointer: pointer)
    }

    /// Requires that the caller can set external ids of things: they are the platform's, and not
    /// its users'.
    /// - Throws: 403.
    public static func authorize(_ caller: Caller) throws(Fault) {
        guard caller.hasAdminToken else { throw Fault(ProblemType.adminTokenRequired) }
    }
}

extension Patch where Value == String {
    /// An external id; nil if it is not mentioned, `.some(nil)` if it is to be cleared.
    /// - Throws: 422 at `pointer`.
    public func externalId(_ pointer: String) throws(Fault) -> String?? {
        switch self {
        case .unchanged: .none
        case .null: .some(nil)
        case .value(let text): .some(try ExternalID.check(text, pointer: pointer))
        }
    }
}

/// What manages a user or a team, in place of people.
public enum ManagedBy: String, Codable, Sendable, CaseIterable {
    /// An identity provider, by SCIM.
    case scim
}
