import EntitiesContract
import Kernel

/// The filter of a list of people.
struct PeopleFilter: Sendable, Equatable {
    /// A step of any of their grants.
    var via: AccessStep?
    /// Part of the address, username or display name, in any case.
    var search: String?
}

/// Where a page of people begins: after a user's id, by which they are ordered.
struct PeopleCursor: Sendable, Equatable {
    /// Before every id.
    static let start = PeopleCursor(after: "")

    let after: String

    init(after userId: String) { after = userId }

    private static let prefix = "after "

    /// Opaque to clients.
    var text: String { Base64URL.encode(Array((Self.prefix + after).utf8)) }

    /// - Parameter text: nil for the first page.
    init(text: String?) throws(Fault) {
        guard let text else {
            self = .start
            return
        }
        let bytes = Base64URL.decode(Array(text.utf8)[...])
        let decoded = bytes.map { String(decoding: $0, as: UTF8.self) }
        guard let decoded, decoded.utf8.count <= 200, decoded.hasPrefix(Self.prefix + "usr_"),
            decoded.dropFirst(Self.prefix.count).utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .invalid("/cursor", "must be `next` of a previous page") }
        after = String(decoded.dropFirst(Self.prefix.count))
    }
}
